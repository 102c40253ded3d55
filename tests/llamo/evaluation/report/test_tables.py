"""The small tables hold the right numbers in the right places."""

from llamo.evaluation.comparison import comparison
from llamo.evaluation.report import tables
from llamo.metrics.scorer import Score
from tests.llamo.evaluation.results import choice_result, number_result, smiles_result, text_result, yes_no_result


def values(table) -> dict[str, list[str]]:
    return {name: [cell.value for cell in cells] for name, cells in table.rows}


def test_scores_say_their_scale_and_direction():
    table = tables.score_table(smiles_result(), [])
    assert values(table) == {"exact (%)": ["33.3"], "validity (%)": ["66.7"], "levenshtein (lower is better)": ["3.5"]}
    assert table.rows[0][1][0].detail == "[20.0, 40.0]"


def test_a_baseline_without_a_score_has_a_dash():
    table = tables.score_table(smiles_result(), [smiles_result(system="other", scores={})])
    assert (table.columns, values(table)["exact (%)"]) == (["ours", "other"], ["33.3", "-"])


def test_groups_have_their_rows_and_scores():
    table = tables.group_table(number_result())
    assert table is not None
    assert list(table.columns) == ["rows", "mae (lower is better)"]
    assert values(table) == {"homo": ["30", "0.0079"], "lumo": ["30", "0.0083"]}


def test_rows_without_groups_have_no_such_table():
    assert tables.group_table(text_result()) is None


def test_answers_are_counted_by_truth_and_what_is_no_choice_is_no_answer():
    table = tables.answer_table(choice_result(5))  # answers A B C D E, truths A B C D A
    assert table is not None
    assert list(table.columns) == ["a", "b", "c", "d", "no answer"]
    assert values(table)["a"] == ["1", "0", "0", "0", "1"]


def test_yes_and_no_are_read_however_they_are_written():
    result = yes_no_result(3, parsed=["yes.", "TRUE", "who knows"])
    table = tables.answer_table(result)
    assert table is not None
    assert sum(int(cell.value) for _, cells in table.rows for cell in cells) == 3
    assert table.columns[-1] == "no answer"


def test_texts_and_many_choices_have_no_table_of_answers():
    assert tables.answer_table(text_result()) is None


def test_confidences_are_described_and_measured():
    table = tables.confidence_table(yes_no_result())
    assert table is not None
    ((name, cells),) = table.rows
    assert name == "score: probability of the given answer among yes and no"
    assert cells[0].value == "50"
    assert 0.5 < float(cells[-1].value) <= 1


def test_errors_have_no_table_of_confidence():
    assert tables.confidence_table(number_result()) is None


def test_the_best_system_of_a_metric_is_marked():
    better = number_result(system="better", scores={"mae": Score(0.005)})
    task = comparison([number_result(), better]).tasks[0].only({"mae"})
    assert [row.system for row, (cell,) in tables.system_rows(task) if cell.best] == ["better"]
