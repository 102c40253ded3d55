"""Each kind of result gets the plots it lends itself to, and captions say what is not shown."""

from dataclasses import replace

import numpy as np

from llamo.evaluation.answer import Answer
from llamo.evaluation.report import figures
from llamo.evaluation.report.plots import MOST_POINTS
from tests.llamo.evaluation.results import (
    choice_result,
    name_result,
    number_result,
    smiles_result,
    text_result,
    yes_no_result,
)


def captions(drawn) -> list[str]:
    return [one.caption for one in drawn]


def test_distributions_begin_with_the_ranking_column_and_give_its_mean():
    result = text_result()
    mean = np.mean(result.columns["meteor"])
    assert captions(figures.distributions(result))[0].startswith(f"meteor: mean {mean:.4g}")


def test_columns_of_two_values_have_no_distribution():
    assert not any("valid" in one or "exact" in one for one in captions(figures.distributions(smiles_result())))


def test_values_far_out_are_left_out_of_a_distribution_and_counted():
    meteor = np.r_[np.linspace(0, 1, 400), 1e6]
    result = replace(text_result(401), columns={"meteor": meteor})
    assert "rows far out, not shown" in captions(figures.distributions(result))[0]


def test_numbers_are_plotted_against_the_truth_and_unreadable_ones_counted():
    (caption,) = captions(figures.truth(number_result()))
    assert caption == "55 rows; on the dashed line the answer is right; 5 rows without a number."


def test_numbers_far_out_are_counted_not_drawn():
    result = number_result(10)
    (caption,) = captions(figures.truth(replace(result, parsed=["1e9", *result.parsed[1:]])))
    assert "9 rows; " in caption and "1 rows far out, not shown" in caption


def test_a_scatter_plot_of_very_many_rows_draws_some_of_them_and_says_so():
    (caption,) = captions(figures.truth(number_result(MOST_POINTS * 2)))
    assert caption.startswith(f"{MOST_POINTS:,} rows")
    assert "left out at random" in caption


def test_yes_and_no_with_scores_have_a_roc_curve():
    (caption,) = captions(figures.truth(yes_no_result()))
    assert caption.startswith("ROC curve of the probability of yes: area 0.")


def test_yes_and_no_without_scores_or_with_one_class_have_none():
    answers = [Answer("C", "Yes", "Yes", score=0.5) for _ in range(4)]
    assert figures.truth(replace(yes_no_result(4), answers=answers)) == []
    assert figures.truth(replace(yes_no_result(2), answers=[Answer("C", "Yes", "No"), Answer("C", "Yes", "Yes")])) == []


def test_other_kinds_have_no_plot_of_answers_against_truth():
    assert [figures.truth(result) for result in (text_result(), smiles_result(), choice_result(), name_result())] == [
        []
    ] * 4


def test_quality_is_shown_by_size_of_the_molecule_and_length_of_the_truth():
    by_atoms, *others = captions(figures.trends(text_result()))
    assert by_atoms.startswith("Mean meteor by heavy atoms, in bins of about")
    assert others == [] or "characters" in others[0]


def test_questions_without_molecules_have_no_trend_by_size():
    assert figures.trends(choice_result()) == []


def test_confidence_of_numbers_is_shown_as_error_by_coverage():
    assert captions(figures.confidence(number_result())) == [
        "Mean absolute_error if only the most confident answers are kept."
    ]


def test_confidence_of_texts_is_held_against_the_ranking_column():
    reliability, coverage = captions(figures.confidence(text_result()))
    assert "Mean meteor by mean confidence" in reliability
    assert "Mean meteor if" in coverage


def test_without_confidences_there_is_no_plot_of_them():
    assert figures.confidence(smiles_result()) == []
