import pytest

from callclf import Label, Taxonomy
from callclf.errors import TaxonomyError


def test_the_shipped_taxonomy_has_the_eight_failures_in_order():
    assert Taxonomy.default().names == (
        "rudeness",
        "inattention",
        "lack_of_ownership",
        "knowledge_gap",
        "miscommunication",
        "scripted_non_answer",
        "privacy_breach",
        "escalation_refused",
    )
    assert all(
        label.title and label.definition and label.counts and label.does_not_count
        for label in Taxonomy.default()
    )


def test_it_survives_a_dict_unchanged():
    assert Taxonomy.from_dict(Taxonomy.default().to_dict()) == Taxonomy.default()


def test_a_users_own_file_is_another_taxonomy(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\nversion = "2"\n[[labels]]\nname = "long_hold"\n')
    taxonomy = Taxonomy.from_toml(file)
    assert taxonomy == Taxonomy("mine", "2", (Label("long_hold", "Long hold"),))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name = ", "not a TOML file"),
        ('version = "1"', "'name' must be given"),
        ('name = "a"\nversion = "1"', r"list of \[\[labels\]\]"),
        ('name = "a"\nversion = "1"\nlabels = []', "has no labels"),
        ('name = "a"\nversion = "1"\n[[labels]]\nname = "Bad Name"', "lower-case"),
        ('name = "a"\nversion = "1"\n[[labels]]\nname = "x"\n[[labels]]\nname = "x"', "more than"),
        ('name = "a"\nversion = "1"\n[[labels]]\nname = "x"\ntitel = "X"', "did you mean 'title'"),
        ('name = "a"\nversion = "1"\n[[labels]]\nname = "x"\ncounts = "y"', "list of strings"),
    ],
)
def test_a_malformed_file_is_refused_with_file_and_reason(tmp_path, text, problem):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(TaxonomyError, match=problem) as error:
        Taxonomy.from_toml(file)
    assert str(file) in str(error.value)


def test_an_unknown_label_is_answered_with_the_nearest():
    with pytest.raises(TaxonomyError, match="did you mean 'rudeness'"):
        Taxonomy.default()["rudness"]
