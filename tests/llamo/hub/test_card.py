"""What a card says: what is on record, and of the rest that it is unknown."""

import json

import pytest
import yaml

from llamo.hub.card import write_card
from tests.text import model_and_processor


@pytest.fixture
def folder(tmp_path):
    """A model in a run's folder, as `llamo train` leaves it, without the run's records."""
    place = tmp_path / "mine" / "model"
    model_and_processor()[0].save_pretrained(place)
    return place


def stage(folder):
    """Recipe and result of one stage beside the model."""
    recipe = {"model": {"llamo": "/home/somebody/llamo"}, "licence": "mit", "stages": [{"name": "mine"}]}
    (folder.parent / "recipe.yaml").write_text(yaml.safe_dump(recipe))
    source = {"source": "/home/somebody/mine.csv", "rows": 50, "bad_rows": {"molecule": 1}, "sha256": "ab" * 32}
    part = {"name": "language_model", "training": "full", "parameters": 9, "trainable": 9}
    result = {"name": "mine", "parts": [part], "metrics": {"eval_loss": 0.5}, "fingerprint": {"sources": [source]}}
    (folder.parent / "1-mine").mkdir()
    (folder.parent / "1-mine" / "result.json").write_text(json.dumps(result))


def test_a_bare_folder_says_what_is_unknown(folder):
    card = write_card(folder).read_text()
    for said in ("license: unknown", "nobody stated it", "Unknown: there is no record", "its quality is unknown"):
        assert said in card
    assert "TODO" not in card and "More Information" not in card


def test_weights_and_parts_are_read_from_the_files(folder):
    card = write_card(folder).read_text()
    number = sum(parameter.numel() for parameter in model_and_processor()[0].state_dict().values())
    assert f"| weights in these files | {number:,} |" in card
    assert "GIN of 2 layers, width 16; projector `multi_level`; language model `llama`" in card


def test_a_run_fills_name_licence_data_and_metrics(folder):
    stage(folder)
    card = write_card(folder).read_text()
    for said in ("# mine", "license: mit", "| mine.csv | 50 | molecule 1 | `abababababab` |", "| eval_loss | 0.5 |"):
        assert said in card


def test_no_path_of_the_machine_is_in_the_card(folder, tmp_path):
    stage(folder)
    card = write_card(folder).read_text()
    assert "/home/somebody" not in card and str(tmp_path) not in card


def test_scores_are_told_with_who_answered_intervals_and_settings(folder, tmp_path):
    score = {"value": 0.5, "low": 0.25, "high": None}
    result = {
        "task": "esol",
        "system": "mine",
        "rows": 50,
        "settings": {"tokenizer": "words"},
        "notes": ["50 examples"],
    }
    place = tmp_path / "evaluation" / "mine"
    place.mkdir(parents=True)
    (place / "scores.json").write_text(json.dumps({**result, "scores": {"mae": score | {"high": 1}, "r2": score}}))
    card = write_card(folder, scores=[tmp_path / "evaluation"]).read_text()
    assert "Task `esol`, answered by `mine`, 50 rows, tokenizer words" in card
    assert "| mae | 0.5 [0.25, 1] |" in card and "| r2 | 0.5 |" in card


def test_what_the_owner_tells_goes_before_the_record(folder):
    stage(folder)
    card = write_card(folder, name="ours", licence="apache-2.0", data="Measured by us.").read_text()
    assert "# ours" in card and "license: apache-2.0" in card and "Measured by us." in card


def test_the_front_matter_is_yaml_of_strings(folder):
    front = yaml.safe_load(write_card(folder).read_text().split("---")[1])
    assert front["library_name"] == "llamo" and front["license"] == "unknown" and "llamo" in front["tags"]


def test_a_card_that_is_there_is_kept(folder):
    write_card(folder)
    with pytest.raises(ValueError, match="pass --overwrite"):
        write_card(folder)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"holds no config\.json: give the folder of a model"):
        write_card(tmp_path)


def test_a_place_without_scores_is_refused(folder, tmp_path):
    with pytest.raises(ValueError, match=r"holds no scores\.json"):
        write_card(folder, scores=[tmp_path])
