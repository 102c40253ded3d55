"""Systems side by side: what is shown, what is the best, and what must not be compared."""

import json
from io import StringIO

import pytest
from rich.console import Console

from llamo.evaluation.comparison import comparison, is_share, shown
from llamo.metrics.scorer import Score
from tests.llamo.evaluation.results import (
    choice_result,
    every_kind,
    name_result,
    number_result,
    smiles_result,
    text_result,
)


def task_of(*results):
    return comparison(results).tasks[0]


def best_systems(task, metric: str) -> set[str]:
    return {task.rows[row].system for row, name in task.best() if name == metric}


def printed(compared) -> str:
    console = Console(width=200, file=StringIO())
    console.print(compared)
    return console.file.getvalue()


def test_ours_come_first_then_published_systems_with_their_protocol():
    rows = task_of(text_result(), text_result(system="second")).rows
    assert [row.system for row in rows[:3]] == ["ours", "second", "MolT5 small"]
    assert [row.ours for row in rows[:3]] == [True, True, False]
    assert rows[-1].protocol == "specialist"


def test_the_best_is_marked_among_rows_of_one_tokenizer():
    task = task_of(text_result())
    assert best_systems(task, "bleu_4") == {"ours", "LLaMo 1.3B"}  # 0.53 of SciBERT's, 0.548 of Galactica's


def test_a_tokenizer_of_its_own_makes_no_best():
    task = task_of(text_result(settings={"tokenizer": "words"}))
    assert "ours" not in best_systems(task, "bleu_4")


def test_scores_of_unknown_tokenizers_are_never_best():
    task = task_of(text_result(settings={}))
    assert "ours" not in best_systems(task, "bleu_4")


def test_the_smallest_error_is_the_best_whatever_the_tokenizer():
    assert best_systems(task_of(number_result()), "mae") == {"LLaMo 7B"}
    assert best_systems(task_of(number_result(scores={"mae": Score(0.005)})), "mae") == {"ours"}


def test_a_lone_score_is_not_the_best_of_anything():
    assert task_of(choice_result()).best() == set()


def test_numbers_about_rows_have_no_column():
    task = task_of(choice_result(scores={"valid_rows": Score(3.0), "accuracy": Score(0.5)}))
    assert list(task.metrics) == ["accuracy"]
    assert "valid_rows" in task.rows[0].scores


def test_published_metrics_come_first_and_many_take_several_tables():
    scores = {f"other_{number}": Score(0.5) for number in range(9)} | {"exact": Score(0.5), "validity": Score(0.9)}
    task = task_of(smiles_result(scores=scores))
    assert list(task.metrics)[:2] == ["exact", "validity"]
    assert [(len(one.columns), one.row_count) for one in task.tables()] == [(7, 3), (6, 1), (5, 1)]


def test_a_score_that_is_no_number_is_shown_as_a_dash_and_never_best():
    task = task_of(text_result(scores={"bleu_4": Score(float("nan"))}))
    assert "| ours | SciBERT | ours | 40 | - |" in task.markdown()
    assert "ours" not in best_systems(task, "bleu_4")


def test_differing_tokenizers_are_pointed_out():
    task = task_of(text_result())
    assert task.tokenizers_differ()
    assert "compare them only where it is the same" in task.markdown()


def test_errors_need_no_tokenizer():
    assert not task_of(number_result()).tokenizers_differ()


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [("bleu_4", 0.5481, "54.8"), ("exact", 1.0, "100.0"), ("mae", 0.00612, "0.00612"), ("mae[homo]", 0.5, "0.5")],
)
def test_shares_are_shown_times_100_and_errors_as_they_are(metric, value, text):
    assert shown(metric, value) == text


def test_numbers_of_rows_are_no_shares():
    assert not is_share("unparsable")
    assert is_share("meteor")


def test_scores_of_single_groups_are_in_json_but_not_in_tables():
    task = task_of(number_result())
    assert "mae[homo]" not in task.markdown()
    assert "mae[homo]" in task.to_dict()["rows"][0]["scores"]


def test_markdown_has_the_scale_intervals_and_sources():
    text = comparison([text_result()]).markdown()
    assert "Shares x 100" in text
    assert "61.0 [60.0, 62.0]" in text
    assert "| **53.0** |" in text
    assert "Published numbers: Park et al. 2024, arXiv 2411.00871" in text


def test_names_with_bars_and_brackets_stay_what_they_are():
    compared = comparison([text_result(system="a|b [bold]c")])
    assert r"| a\|b [bold]c |" in compared.markdown()
    assert "a|b [bold]c" in printed(compared)


def test_the_terminal_shows_one_table_per_task():
    text = printed(comparison([text_result(), name_result()]))
    assert "description chebi20. Shares x 100" in text
    assert "iupac. Shares x 100" in text
    assert "MolCA 1.3B" in text


def test_json_has_fractions_and_no_nan():
    record = comparison([*every_kind(), text_result(scores={"meteor": Score(float("nan"))})]).to_dict()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["tasks"][0]["rows"][0]["scores"]["bleu_2"] == {"value": 0.61, "low": 0.6, "high": 0.62}


def test_variants_of_llamo_are_shown_on_request():
    plain, more = (comparison([number_result()], ablations=wanted).tasks[0] for wanted in (False, True))
    assert len(more.rows) == len(plain.rows) + 8


def test_a_choice_of_metrics_keeps_the_rows():
    task = task_of(text_result())
    assert (list(task.only({"meteor"}).metrics), task.only({"meteor"}).rows) == (["meteor"], task.rows)


def test_nothing_to_compare_is_refused():
    with pytest.raises(ValueError, match="no results to compare; give at least one"):
        comparison([])


def test_a_terminal_table_leaves_out_what_all_its_rows_share_and_says_it_below():
    (table,) = task_of(choice_result(), choice_result(system="second")).tables()
    assert [column.header for column in table.columns] == ["system", "rows", "accuracy"]
    assert table.caption == "protocol ours"


def test_a_terminal_table_names_tokenizers_that_differ():
    table = task_of(text_result()).tables()[0]
    assert [column.header for column in table.columns][:4] == ["system", "tokenizer", "protocol", "rows"]


def test_the_number_of_rows_is_shown():
    task = task_of(text_result(1_200))
    assert "| ours | SciBERT | ours | 1,200 |" in task.markdown()
    assert "| MolT5 small | SciBERT | specialist | - |" in task.markdown()
    assert "1,200" in printed(task)
    assert [row["rows"] for row in task.to_dict()["rows"]][:2] == [1_200, None]


def test_systems_with_other_numbers_of_rows_are_not_compared():
    task = task_of(number_result(60), number_result(30, system="second", scores={"mae": Score(0.001)}))
    assert best_systems(task, "mae") == set()


def test_published_numbers_compare_with_the_most_rows_only():
    few = text_result(10, system="few", scores={"bleu_4": Score(0.9)})
    assert best_systems(task_of(text_result(), few), "bleu_4") == {"ours", "LLaMo 1.3B"}


def test_published_numbers_do_not_compare_with_the_first_rows():
    limited = text_result(notes=["40 examples of split test, the first 40 only"])
    assert best_systems(task_of(limited), "bleu_4") == {"MolT5 large", "LLaMo 1.3B"}


def test_a_note_is_said_once_with_the_systems_that_share_it():
    notes = ["data: CC BY 4.0"]
    task = task_of(text_result(notes=notes), text_result(system="second", notes=[*notes, "not trained"]))
    assert [remark for remark in task.remarks() if "CC BY" in remark] == ["ours, second: data: CC BY 4.0"]
    assert "second: not trained" in task.markdown()
    assert task.to_dict()["rows"][0]["notes"] == notes
