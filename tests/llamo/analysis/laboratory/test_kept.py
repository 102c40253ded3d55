"""Kept answers compared."""

import json
from pathlib import Path

import pytest

from llamo.analysis.graph_use.kept_report import kept_finding
from llamo.analysis.intervals import Interval
from llamo.analysis.laboratory.kept import Kept, compare_kept
from llamo.analysis.projector.twins_report import TWINS, twins_finding
from tests.llamo.analysis.laboratory import small


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    return small.prepared_folder(tmp_path / "prepared")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    asked = {"test-0": small.rows(("description",)), "test-facts": small.rows(tuple(small.SEVERAL))}
    for folder, view in {"full": "both", "single-layer": "both", "text-only": "smiles"}.items():
        (tmp_path / folder).mkdir()
        for name, rows in asked.items():
            true = [rows.ids[row][rows.answered[row].astype(bool)].tolist()[:-1] for row in range(len(rows))]
            lines = [{"row": row, "tokens": ids if folder == "full" else ids[:9]} for row, ids in enumerate(true)]
            path = tmp_path / folder / f"answers-{name}-{view}-1.jsonl"
            path.write_text("\n".join(map(json.dumps, lines)) + "\n")
    return tmp_path


def test_true_answers_score_all_and_cut_ones_less(runs, prepared):
    found = compare_kept(runs, prepared, TWINS)
    assert found["multi-level"].bleu_4 == pytest.approx(100) and found["multi-level"].facts == 100
    assert found["resampler"].bleu_4_difference.high < 0
    assert found["multi-level"].bleu_4_difference == (0, 0, 0)


def test_the_verdict_on_twins_follows_the_differences(runs, prepared):
    finding = twins_finding(compare_kept(runs, prepared, TWINS), "c")
    assert finding.verdict == "supports"
    assert "BLEU-4 100.0" in finding.text


@pytest.mark.parametrize(
    ("bleu_4", "facts", "expected"), [(-2, -3, "supports"), (-2, 0.1, "undecided"), (2, -3, "contradicts")]
)
def test_the_verdict_on_prompts_follows_the_answers_without_a_graph(bleu_4, facts, expected):
    without = Kept(20, 60, *(Interval(one, one - 0.5, one + 0.5) for one in (bleu_4, facts)), 9, 9)
    nothing = Interval(0, 0, 0)
    assert (
        kept_finding({"SMILES and graph": Kept(22, 63, nothing, nothing, 9, 9), "SMILES alone": without}, "c").verdict
        == expected
    )


def test_missing_answers_are_named(runs, prepared):
    (runs / "text-only" / "answers-test-0-smiles-1.jsonl").unlink()
    with pytest.raises(ValueError, match=r"make it with examples/03_train_compact\.py --answer test-0:smiles:1"):
        compare_kept(runs, prepared, TWINS)
