import pytest

from callclf.errors import LabelError
from callclf.training.config import Split
from callclf.training.splitting import untouched


def test_tied_calls_stay_together_and_the_share_is_met(corpus):
    kept = untouched(corpus.calls, Split(test=0.3), group_by=("customer",), seed=1)
    people = [call.meta["customer"] for call in corpus.calls]
    assert abs(kept.sum() - 18) <= 1
    assert not {p for p, k in zip(people, kept, strict=True) if k} & {
        p for p, k in zip(people, kept, strict=True) if not k
    }


def test_the_newest_are_kept_by_time(corpus):
    kept = untouched(corpus.calls, Split(test=0.25, time="day"), group_by=(), seed=0)
    days = [call.meta["day"] for call in corpus.calls]
    assert min(d for d, k in zip(days, kept, strict=True) if k) >= max(
        d for d, k in zip(days, kept, strict=True) if not k
    )


def test_same_seed_same_split(corpus):
    one, same, other = (
        untouched(corpus.calls, Split(test=0.3), group_by=(), seed=s).tolist() for s in (0, 0, 1)
    )
    assert one == same != other


def test_calls_without_a_time_are_counted(corpus):
    with pytest.raises(LabelError, match="60 of 60 calls have no date or number"):
        untouched(corpus.calls, Split(test=0.3, time="when"), group_by=(), seed=0)


def test_one_group_cannot_be_split(corpus):
    with pytest.raises(LabelError, match="form 1 groups by customer"):
        untouched(corpus.calls[:2], Split(test=0.5), group_by=("customer",), seed=0)
