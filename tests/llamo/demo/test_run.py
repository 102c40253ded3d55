"""The demo from end to end, on very few molecules."""

import json

import pytest
from transformers import AutoModel, AutoProcessor
from transformers.utils import logging

import llamo
from llamo.demo.questions import QUESTION_TYPES
from llamo.demo.report import DemoReport
from llamo.demo.run import run_demo


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> tuple[DemoReport, str]:
    folder = tmp_path_factory.mktemp("demo")
    return run_demo(folder, epochs=1, max_train_molecules=8), str(folder)


def test_every_kind_of_question_is_scored(finished):
    report, _ = finished
    assert [row.kind for row in report.scores] == [kind.key for kind in QUESTION_TYPES]
    assert all(row.questions == report.held_out_molecules for row in report.scores)
    assert report.train_molecules == 8


def test_the_report_is_written(finished):
    report, folder = finished
    with open(f"{folder}/report.json", encoding="utf-8") as file:
        written = json.load(file)
    assert written["scores"][0]["model"] == report.scores[0].model
    assert written["clear_wins"] == report.clear_wins


def test_the_saved_model_loads_through_the_auto_classes(finished):
    _, folder = finished
    model, processor = AutoModel.from_pretrained(f"{folder}/model"), AutoProcessor.from_pretrained(f"{folder}/model")
    assert isinstance(model, llamo.LlamoForConditionalGeneration)
    assert not processor.include_smiles
    assert processor.num_graph_tokens == model.config.num_graph_tokens


def test_two_runs_with_one_seed_agree(finished, tmp_path):
    report, _ = finished
    again = run_demo(tmp_path, epochs=1, max_train_molecules=8)
    assert again.scores == report.scores
    assert again.training_loss == report.training_loss
    assert again.samples == report.samples


def test_results_go_to_stdout_and_progress_to_stderr(tmp_path, capsys):
    verbosity = logging.get_verbosity()
    run_demo(tmp_path, epochs=1, max_train_molecules=2)
    shown = capsys.readouterr()
    assert "Accuracy" in shown.out
    assert "training" in shown.err
    assert "Accuracy" not in shown.err
    assert logging.get_verbosity() == verbosity
