"""The best and worst answers are just those, none of them twice."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from llamo.evaluation.report.cases import cases
from tests.llamo.evaluation.results import choice_result, number_result, smiles_result, text_result


def rows(found) -> dict[str, list[int]]:
    return {title: [case.row for case in list_of] for title, list_of in found.items()}


def test_the_best_have_the_greatest_and_the_worst_the_least_of_the_ranking_column():
    order = np.argsort(text_result().columns["meteor"])
    found = rows(cases(text_result(), number=3))
    assert found == {"Best answers": order[::-1][:3].tolist(), "Worst answers": order[:3].tolist()}


def test_where_lower_is_better_the_best_have_the_least():
    errors = number_result().columns["absolute_error"]
    assert rows(cases(number_result(), number=1))["Best answers"] == [int(np.nanargmin(errors))]


def test_answers_without_a_value_have_their_own_title_and_no_value():
    found = cases(number_result())["Answers without absolute_error"]
    assert [case.row for case in found] == [11, 23, 35, 47, 59]
    assert {case.value for case in found} == {""}


def test_right_and_wrong_answers_are_kept_apart():
    found = rows(cases(choice_result()))
    assert found["Right answers"] == [0, 1, 2, 3]
    assert found["Wrong answers"] == [4, 5, 6, 7, 8, 9]


def test_without_a_ranking_the_first_rows_are_shown():
    assert rows(cases(text_result(ranking=None), number=2)) == {"First answers": [0, 1]}


def test_molecules_that_are_answers_are_drawn_beside_the_truth():
    best = cases(smiles_result())["Best answers"][0]
    assert [one.smiles for one in best.asked] == ["CCO", "CC(=O)O"]
    assert best.prediction_drawings == best.target_drawings
    assert best.prediction_drawings[0].svg


def test_an_answer_that_is_no_molecule_says_why_it_is_not_drawn():
    (drawing,) = cases(smiles_result())["Answers without morgan"][0].prediction_drawings
    assert (drawing.smiles, drawing.svg) == ("C1CC", "")
    assert drawing.reason


@given(st.lists(st.sampled_from([0.0, 0.2, 0.7, 1.0, np.nan]), min_size=1, max_size=20))
def test_no_row_is_shown_twice(values):
    result = text_result(len(values), columns={"meteor": np.array(values)})
    shown = [row for found in rows(cases(result)).values() for row in found]
    assert len(set(shown)) == len(shown)
