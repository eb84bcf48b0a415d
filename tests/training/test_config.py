import json

import pytest

from callclf import TrainConfig
from callclf.errors import ReadError
from callclf.training import LabelFile, Promotion, Source, Split, load_recipe, recipe_names

WHOLE = """
name = "mine"
start = "fast"
group_by = ["customer"]
bots = false
seed = 3
[split]
test = 0.3
time = "date"
[head]
bits = 18
[promotion]
target = "rudeness"
gold = ["gold.jsonl"]
[[sources]]
path = "calls/"
speakers = { spk_0 = "agent" }
[[sources]]
dataset = "data/corpus"
config = "everyday"
[[labels]]
path = "scorecard.csv"
columns = { call = "Call ID" }
questions = { "Polite?" = "not rudeness" }
yes = ["fail"]
[taxonomy]
name = "t"
version = "1"
labels = [{ name = "rudeness" }, { name = "long_hold" }]
"""


@pytest.fixture
def parse(tmp_path):
    def parse(text):
        (tmp_path / "c.toml").write_text(text)
        return TrainConfig.from_toml(tmp_path / "c.toml")

    return parse


def test_every_key_is_read(parse):
    config = parse(WHOLE)
    assert config.split == Split(test=0.3, time="date") and config.group_by == ("customer",)
    assert config.sources[1] == Source(dataset="data/corpus", config="everyday")
    assert config.labels[0].questions == {"Polite?": "not rudeness"}
    assert config.taxonomy.names == ("rudeness", "long_hold")
    assert config.promotion == Promotion(target="rudeness", gold=("gold.jsonl",))


@pytest.mark.parametrize("recipe", [None, *recipe_names()])
def test_as_data_and_back_it_is_the_same(parse, recipe):
    config = load_recipe(recipe) if recipe else parse(WHOLE)
    data = json.loads(json.dumps(config.to_dict()))
    assert TrainConfig.from_dict(data) == config


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name = ", "not a TOML file"),
        ("", "'name'"),
        ('name = "x"\nsource = []', "did you mean 'sources'"),
        ('name = "x"\nsources = "calls/"', r"'sources' must be a list of tables: \[\[sources\]\]"),
        ('name = "x"\n[[sources]]\nfile = "a"', r"sources\[0\]: unknown key 'file'"),
        ('name = "x"\n[[sources]]\ntitle = "a"', r"sources\[0\]: a source needs either 'path'"),
        ('name = "x"\n[[sources]]\npath = "a"\nweight = "b"', "'weight' must be a number above 0"),
        (
            'name = "x"\npolicy = { precision = 2 }',
            "policy: precision must be above 0 and at",
        ),
        ('name = "x"\npolicy = { budget = 0.1, recall = 1 }', "policy: a policy needs exactly one"),
        ('name = "x"\n[split]\ntest = 1.5', "split: split.test must be at least 0"),
        ('name = "x"\n[promotion]\nmetric = "recal"', "did you mean 'recall'"),
        ('name = "x"\n[[labels]]\n', r"labels\[0\]: .*'path'"),
    ],
)
def test_mistakes_name_the_file_the_key_and_what_is_known(parse, text, problem):
    with pytest.raises(ReadError, match=rf"c\.toml: .*{problem}"):
        parse(text)


def test_settings_are_frozen():
    with pytest.raises(AttributeError):
        LabelFile(path="a").path = "b"
