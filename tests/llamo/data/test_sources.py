"""Settings of a source are checked when they are made."""

import pytest

from llamo.data import DataSource


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"path": " "}, "needs a path"),
        ({"path": "a.csv", "columns": {"answer": "x"}}, r"unknown columns \['answer'\]"),
        ({"path": "a.csv", "columns": {"output": "x", "instruction": "x"}}, "used twice"),
        ({"path": "a.csv", "instruction": []}, "give one text or a list"),
        ({"path": "a.csv", "weight": 0}, "weight must be above 0"),
        ({"path": "a.csv", "weight": float("nan")}, "weight must be above 0"),
        ({"path": "a.csv", "max_rows": 0}, "max_rows must be at least 1"),
    ],
)
def test_mistakes_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        DataSource(**settings)


def test_the_title_is_the_label_or_made_of_path_name_and_split():
    assert DataSource("a/b", name="c", split="test").title == "a/b:c:test"
    assert DataSource("a/b", label="mine").title == "mine"


def test_allowed_values_are_one_or_several_compared_as_text():
    source = DataSource("a.csv", where={"class": 1, "split": ["", "train", None]})
    assert source.allowed("class") == {"1"}
    assert source.allowed("split") == {"", "train", None}
