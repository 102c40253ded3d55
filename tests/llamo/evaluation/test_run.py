"""A run: answers, scores, table and report in a folder; going on where it stopped gives what a straight run gives."""

import json
from collections.abc import Container, Iterator, Sequence
from typing import Any

import pytest

from llamo.evaluation.answer import Answer
from llamo.evaluation.run import ScoringOptions, answer_all, folder_name, score_and_write
from llamo.evaluation.store import WHOLE
from llamo.tasks.task import Example
from tests.llamo.evaluation.small_task import SameText, examples, small_task


class Parrot:
    """Says the prompt back; stops with an error before a row."""

    name = "parrot"

    def __init__(self, *, stop_at: int | None = None, volume: int = 1):
        self.stop_at, self.volume, self.asked = stop_at, volume, []

    def settings(self) -> dict[str, Any]:
        return {"volume": self.volume}

    def answer(self, examples: Sequence[Example], *, done: Container[int] = ()) -> Iterator[Answer]:
        for example in reversed(examples):
            if example.row in done:
                continue
            if example.row == self.stop_at:
                raise KeyboardInterrupt
            self.asked.append(example.row)
            yield Answer(example.smiles, example.prompt, example.target, row=example.row)


def run(parrot: Parrot, folder, rows=None, **options) -> list[Answer]:
    return answer_all(parrot, small_task(), examples() if rows is None else rows, folder, **options)


def test_a_stopped_run_goes_on_and_ends_like_a_straight_one(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(Parrot(stop_at=3), tmp_path / "stopped")
    second = Parrot()
    run(second, tmp_path / "stopped")
    run(Parrot(), tmp_path / "straight")
    assert second.asked == [3, 2, 1, 0]
    assert (tmp_path / "stopped" / WHOLE).read_bytes() == (tmp_path / "straight" / WHOLE).read_bytes()


def test_a_finished_run_asks_nothing(tmp_path):
    first = run(Parrot(), tmp_path)
    again = Parrot(stop_at=3)
    assert run(again, tmp_path) == first
    assert again.asked == []


def test_other_questions_or_settings_are_not_mixed(tmp_path):
    run(Parrot(), tmp_path)
    with pytest.raises(ValueError, match="examples_sha256"):
        run(Parrot(), tmp_path, examples("What else?"))
    with pytest.raises(ValueError, match="volume"):
        run(Parrot(volume=2), tmp_path)
    assert len(run(Parrot(volume=2), tmp_path, overwrite=True)) == len(examples())


def test_progress_counts_what_was_there_before(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(Parrot(stop_at=3), tmp_path)
    counts: list[int] = []
    run(Parrot(), tmp_path, progress=counts.append)
    assert sum(counts) == len(examples())


def test_an_example_without_an_answer_is_an_error(tmp_path):
    class Lazy(Parrot):
        def answer(self, examples, *, done=()):
            return super().answer(examples[1:], done=done)

    with pytest.raises(ValueError, match="row 0"):
        run(Lazy(), tmp_path)


def test_scores_table_and_report_are_written(tmp_path):
    answers = run(Parrot(), tmp_path)
    result = score_and_write(
        small_task(), answers, [SameText()], system="parrot", options=ScoringOptions(50), folder=tmp_path
    )
    written = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert written["scores"]["accuracy"]["value"] == result.scores["accuracy"].value
    assert written["settings"] == {"comparison": "as written"}
    assert len((tmp_path / "examples.csv").read_text(encoding="utf-8").splitlines()) == len(examples()) + 1
    assert "parrot" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_folders_are_named_after_systems():
    assert folder_name("retrieval (Morgan, Tanimoto)") == "retrieval-Morgan-Tanimoto"
    assert folder_name("///") == "system"
