"""Coefficients of agreement against hand, literature and scikit-learn; the model among people."""

import json
from itertools import permutations

import numpy as np
import pytest
from evaluation_cases import NAMES, System, call, corpus_of
from sklearn import metrics as sk

from callclf import CallLabels, Taxonomy
from callclf.errors import LabelError
from callclf.evaluation import agreement, predict_calls
from callclf.evaluation.chance import (
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    positive_agreement,
)

TAXONOMY = Taxonomy.of_names(NAMES)
N = np.nan


def once(ratings):
    return np.ones((1, np.asarray(ratings).shape[-1]))


def raters(both, only_a, only_b, neither):
    a = [1] * both + [1] * only_a + [0] * only_b + [0] * neither
    b = [1] * both + [0] * only_a + [1] * only_b + [0] * neither
    return np.array(a, float), np.array(b, float)


def test_two_raters_by_hand():
    # 40 both, 10 and 20 alone, 30 neither. Observed 0.7; chance 0.5*0.6 + 0.5*0.4 = 0.5.
    a, b = raters(40, 10, 20, 30)
    two = np.stack([a, b])
    assert cohen_kappa(a, b, once(a))[0] == pytest.approx(0.4)
    # π = 0.55, chance 2*0.55*0.45 = 0.495.
    assert gwet_ac1(two, once(a))[0] == pytest.approx((0.7 - 0.495) / 0.505)
    # Disagreement 0.3; expected 2*110*90 / (200*199).
    assert krippendorff_alpha(two, once(a))[0] == pytest.approx(1 - 0.3 / (19800 / 39800))
    assert positive_agreement(a, b, once(a))[0] == pytest.approx(80 / 110)


def test_a_rater_who_always_says_no_agrees_by_chance_alone():
    a = np.array([1.0] * 16 + [0.0] * 44)
    weight = np.random.default_rng(0).multinomial(60, [1 / 60] * 60, size=50).astype(float)
    assert (cohen_kappa(a, np.zeros(60), weight) == 0.0).all()


def test_kappa_misleads_on_rare_labels_as_the_documentation_says():
    rare, common = raters(3, 1, 1, 195), raters(99, 1, 1, 99)
    assert cohen_kappa(*rare, once(rare))[0] == pytest.approx(0.74, abs=0.005)
    assert cohen_kappa(*common, once(common))[0] == pytest.approx(0.98, abs=0.005)
    assert gwet_ac1(np.stack(rare), once(rare))[0] == pytest.approx(0.9896, abs=0.0005)


def test_three_raters_with_gaps_by_hand():
    # Items: yes yes yes; no no no; yes no -; - - yes; yes yes no.
    ratings = np.array([[1, 0, 1, N, 1], [1, 0, 0, N, 1], [1, 0, N, 1, 0]])
    # Paired values: 3 + 3 + 2 + 3 = 11, of them 3 + 0 + 1 + 2 = 6 yes. Disagreeing pairs, each
    # over raters - 1: item 3 2*1*1/1 = 2, item 5 2*2*1/2 = 2. Expected 2*6*5 / (11*10).
    observed, expected = (2 + 2) / 11, 60 / 110
    assert krippendorff_alpha(ratings, once(ratings))[0] == pytest.approx(1 - observed / expected)
    # Agreeing pairs: 1, 1, 0, 1/3 over four items; π = (1 + 0 + 1/2 + 1 + 2/3) / 5.
    same, pi = (1 + 1 + 0 + 1 / 3) / 4, (1 + 0.5 + 1 + 2 / 3) / 5
    chance = 2 * pi * (1 - pi)
    assert gwet_ac1(ratings, once(ratings))[0] == pytest.approx((same - chance) / (1 - chance))


def test_alpha_of_krippendorffs_own_binary_example():
    # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section A: alpha = 0.095.
    a = np.array([0, 1, 0, 0, 0, 0, 0, 0, 1, 0], float)
    b = np.array([1, 1, 1, 0, 0, 1, 0, 0, 0, 0], float)
    assert krippendorff_alpha(np.stack([a, b]), once(a))[0] == pytest.approx(0.095, abs=0.0005)


@pytest.mark.parametrize("seed", range(3))
def test_kappa_and_f1_equal_scikit_learn_on_data_with_gaps(seed):
    rng = np.random.default_rng(seed)
    a = (rng.random(200) < 0.3).astype(float)
    b = np.where(rng.random(200) < 0.8, a, 1 - a)
    a[rng.random(200) < 0.1], b[rng.random(200) < 0.1] = N, N
    known = ~np.isnan(a) & ~np.isnan(b)
    kappa, f1 = sk.cohen_kappa_score(a[known], b[known]), sk.f1_score(a[known], b[known])
    assert cohen_kappa(a, b, once(a))[0] == pytest.approx(kappa, abs=1e-12)
    assert positive_agreement(a, b, once(a))[0] == pytest.approx(f1, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_alpha_and_ac1_equal_their_definitions_by_counting_every_pair_of_ratings(seed):
    rng = np.random.default_rng(seed)
    ratings = (rng.random((4, 70)) < 0.25).astype(float)
    ratings[rng.random(ratings.shape) < 0.4] = N
    units = [column[~np.isnan(column)] for column in ratings.T]
    pairable = [unit for unit in units if len(unit) >= 2]
    # Krippendorff: a unit's ordered pairs weigh 1 / (m - 1), expected ones are among all values.
    values = np.concatenate(pairable)
    observed = sum(
        (a != b) / (len(unit) - 1) for unit in pairable for a, b in permutations(unit, 2)
    ) / len(values)
    expected = np.mean([a != b for a, b in permutations(values, 2)])
    alpha = krippendorff_alpha(ratings, once(ratings))[0]
    assert alpha == pytest.approx(1 - observed / expected, abs=1e-12)
    # Gwet: the share of agreeing pairs a unit; chance from the mean share of yes a unit.
    same = np.mean([np.mean([a == b for a, b in permutations(unit, 2)]) for unit in pairable])
    yes = np.mean([unit.mean() for unit in units if len(unit)])
    chance = 2 * yes * (1 - yes)
    ac1 = gwet_ac1(ratings, once(ratings))[0]
    assert ac1 == pytest.approx((same - chance) / (1 - chance), abs=1e-12)


def test_a_weight_of_two_is_the_call_twice():
    rng = np.random.default_rng(4)
    ratings = (rng.random((3, 60)) < 0.4).astype(float)
    ratings[rng.random(ratings.shape) < 0.2] = N
    times = rng.integers(0, 3, 60)
    again, weight = np.repeat(ratings, times, axis=1), times[None].astype(float)
    for coefficient in (krippendorff_alpha, gwet_ac1):
        expected = coefficient(again, once(again))
        assert coefficient(ratings, weight) == pytest.approx(expected, abs=1e-12)
    assert cohen_kappa(*ratings[:2], weight) == pytest.approx(
        cohen_kappa(*again[:2], once(again)), abs=1e-12
    )


def sheets(n=300, model_noise=0.03, seed=0):
    """Two annotators and a model who see the same truth and err now and then."""
    rng = np.random.default_rng(seed)
    truth = (rng.random((n, 3)) < 0.2).astype(float)

    def rater(noise):
        return np.abs(truth - (rng.random(truth.shape) < noise))

    corpus = corpus_of(rater(0.03))
    other = corpus_of(rater(0.03))
    model = predict_calls(System(rater(model_noise)), corpus.calls)
    return {"ana": corpus, "ben": other, "machine": model}


def test_a_model_as_good_as_a_person_agrees_as_a_person_does():
    result = agreement(sheets())
    assert (result.annotators, result.model) == (("ana", "ben"), "machine")
    assert [item.words for item in result.placement] == [
        "machine agrees with ana as ben does: no difference shown",
        "machine agrees with ben as ana does: no difference shown",
    ]
    assert not result.placement[0].difference.excludes(0.0)


def test_a_worse_model_agrees_less():
    result = agreement(sheets(model_noise=0.2))
    assert result.placement[0].words == "machine agrees with ana less than ben does"
    assert result.placement[0].model_f1 < result.placement[0].peer_f1


def test_alpha_is_of_people_and_pairs_are_of_all():
    result = agreement(sheets(model_noise=0.5)).labels["rudeness"]
    assert [(pair.a, pair.b) for pair in result.pairs] == [
        ("ana", "ben"),
        ("ana", "machine"),
        ("ben", "machine"),
    ]
    assert result.alpha.value == pytest.approx(result.pairs[0].kappa.value, abs=0.01)
    assert result.alpha.low < result.alpha.value < result.alpha.high


def test_sheets_are_matched_by_id_and_a_call_that_one_lacks_is_a_gap():
    given = sheets(n=60)
    part = given["ben"][np.arange(40)[::-1]]
    result = agreement({"ana": given["ana"], "ben": part}, taxonomy=TAXONOMY)
    assert result.labels["rudeness"].pairs[0].calls == 40
    assert result.placement == ()


def test_a_list_of_labels_belongs_to_the_calls_of_the_first_corpus():
    given = sheets(n=60)
    listed = {"ana": given["ana"], "ben": list(given["ben"].labels)}
    as_corpus = {"ana": given["ana"], "ben": given["ben"]}
    assert agreement(listed, taxonomy=TAXONOMY) == agreement(as_corpus, taxonomy=TAXONOMY)
    alone = {"ana": list(given["ana"].labels), "ben": list(given["ben"].labels)}
    assert agreement(alone, taxonomy=TAXONOMY) == agreement(as_corpus, taxonomy=TAXONOMY)


def test_perfect_and_empty_labels_have_no_false_certainty():
    y = np.zeros((50, 3))
    y[:20, 0] = 1
    same = agreement({"ana": corpus_of(y), "ben": corpus_of(y)}, taxonomy=TAXONOMY)
    perfect, absent = same.labels["rudeness"].pairs[0], same.labels["inattention"].pairs[0]
    assert (perfect.kappa.value, perfect.kappa.low) == (1.0, None)
    assert perfect.kappa.note == "no interval: the same in every resample"
    assert (absent.kappa.value, absent.f1.value) == (None, None)
    assert absent.kappa.note == "all gave one answer throughout"
    json.dumps(same.to_dict(), allow_nan=False)


def test_labels_that_nobody_judged_together():
    first = [CallLabels(("rudeness",), annotated=("rudeness",))] * 3
    second = [CallLabels(annotated=())] * 3
    pair = agreement({"ana": first, "ben": second}).labels["rudeness"].pairs[0]
    assert (pair.calls, pair.kappa.value, pair.kappa.note) == (
        0,
        None,
        "no call that two of them judged",
    )


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        ({"ana": [CallLabels()]}, {}, "needs two or more sheets"),
        ({"ana": [CallLabels()], "ben": []}, {}, "ben has labels of 0 calls, the others of 1"),
        ({"a": [CallLabels(("x",))], "b": [CallLabels()]}, {}, "a: unknown label 'x'"),
        ({"a": [CallLabels()], "b": [CallLabels()]}, {"model": "c"}, "unknown sheet 'c'"),
    ],
)
def test_sheets_that_do_not_fit_are_an_error(given, options, message):
    with pytest.raises(LabelError, match=message):
        agreement(given, **options)


def test_predictions_alone_cannot_be_matched():
    said = predict_calls(System(np.zeros((2, 3))), [call(0), call(1)])
    with pytest.raises(LabelError, match="give a Corpus among the sheets"):
        agreement({"a": said, "b": [CallLabels()] * 2})
