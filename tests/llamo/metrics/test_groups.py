"""Groups as columns: they survive any choice of rows."""

import numpy as np
import pytest

from llamo.metrics.groups import by_group, group_columns, mean_of, named


def test_rows_without_groups_have_no_columns():
    assert group_columns(None) == {} and by_group({"error": np.ones(2)}) == {}


def test_a_group_gets_its_rows_back():
    columns = {"error": np.array([1.0, 2.0, 3.0]), **group_columns(["homo", "gap", "homo"])}
    found = by_group(columns)
    assert {name: rows["error"].tolist() for name, rows in found.items()} == {"homo": [1.0, 3.0], "gap": [2.0]}


def test_groups_hold_after_rows_are_drawn():
    columns = {"error": np.array([1.0, 2.0, 3.0]), **group_columns(["homo", "gap", "homo"])}
    drawn = {name: column[[2, 2, 1]] for name, column in columns.items()}
    assert {name: rows["error"].tolist() for name, rows in by_group(drawn).items()} == {
        "homo": [3.0, 3.0],
        "gap": [2.0],
    }


@pytest.mark.parametrize("name", ["NR-AR", "a[b]", "", "group["])
def test_any_text_names_a_group(name):
    assert list(by_group({"error": np.ones(1), **group_columns([name])})) == [name]


def test_a_mean_leaves_out_groups_that_define_none():
    assert mean_of([{"auroc": 0.5}, {"auroc": float("nan")}, {"auroc": 1.0}], ["auroc"]) == {"auroc": 0.75}


def test_scores_of_a_group_carry_its_name():
    assert named({"mae": 0.1}, "homo") == {"mae[homo]": 0.1}
