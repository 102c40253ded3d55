"""A model goes to a Hub and comes back over HTTP, by the requests that huggingface_hub and transformers really make."""

import os
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load
from transformers import AutoModel, AutoProcessor

from llamo.hub.upload import push
from processors.retrieval import CaptionIndex
from tests.llamo.asking.models import save_model
from tests.llamo.hub.stand_in import running
from tests.paths import REPOSITORY
from tests.text import model_and_processor

LOAD_ASK_PUSH = """
import sys, torch, llamo
from transformers import AutoModel, AutoProcessor
_, path, output, again = sys.argv
model, processor = AutoModel.from_pretrained(path).eval(), AutoProcessor.from_pretrained(path)
with torch.no_grad():
    torch.save(model(**processor("CCO", "What is it?", retrieve=1)).logits, output)
model.push_to_hub(again, private=True)
processor.push_to_hub(again, private=True)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A random model with its processor and captions, and things that are no business of anybody."""
    place = tmp_path_factory.mktemp("run") / "mine"
    model, processor = model_and_processor()
    processor.captions = CaptionIndex(["CCN"], ["The molecule is an amine."])
    model.save_pretrained(place)
    processor.save_pretrained(place)
    (place / "training_args.bin").write_bytes(b"a pickle")
    (place / "checkpoint-2").mkdir()
    (place / "checkpoint-2" / "optimizer.pt").write_bytes(b"a pickle")
    (place / "checkpoint-2" / "trainer_state.json").write_text('{"global_step": 2, "log_history": [{"loss": 0.25}]}')
    return place


@pytest.fixture(scope="module")
def hub():
    with running() as one:
        yield one


def python(hub, home, *arguments: str, token: str = "hf_right") -> subprocess.CompletedProcess:
    """A Python of its own whose Hub is the stand-in and whose cache is empty."""
    settings = {"HF_ENDPOINT": hub.url, "HF_TOKEN": token, "HF_HOME": str(home), "HF_HUB_OFFLINE": "0"}
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "HF_HUB_DISABLE_TELEMETRY": "1", **settings}
    return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def pushed(hub, folder, tmp_path_factory):
    """The folder, pushed by the command as me/mine."""
    home = tmp_path_factory.mktemp("home")
    done = python(hub, home, "-m", "llamo.cli", "push", str(folder), "me/mine")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), hub.repositories["me/mine"]


def test_push_uploads_model_processor_captions_and_card_and_nothing_else(pushed):
    assert set(pushed[1]) == {
        *("README.md", "config.json", "generation_config.json", "model.safetensors", "processor_config.json"),
        *("chat_template.jinja", "retrieval.jsonl.gz", "tokenizer.json", "tokenizer_config.json"),
    }


def test_push_gives_the_address_and_is_private(hub, pushed):
    assert pushed[0] == f"{hub.url}/me/mine" and hub.private["me/mine"]


def test_a_folder_without_a_card_is_pushed_with_one(pushed):
    card = pushed[1]["README.md"].decode()
    assert "# mine" in card and "| loss | 0.25 |" in card


@pytest.fixture(scope="module")
def logits(hub, pushed, tmp_path_factory):
    """Of the model that another process loads by its Hub id, which then pushes it again as me/theirs."""
    home = tmp_path_factory.mktemp("other")
    done = python(hub, home, "-c", LOAD_ASK_PUSH, "me/mine", str(home / "logits"), "me/theirs")
    assert done.returncode == 0, done.stderr
    return torch.load(home / "logits")


def test_what_comes_back_has_the_same_logits(hub, folder, logits):
    assert any(one.startswith("GET ") and one.endswith("model.safetensors") for one in hub.asked)
    model, processor = AutoModel.from_pretrained(folder).eval(), AutoProcessor.from_pretrained(folder)
    with torch.no_grad():
        assert torch.equal(model(**processor("CCO", "What is it?", retrieve=1)).logits, logits)


def test_push_to_hub_of_model_and_processor_uploads_the_same_weights_and_processor(hub, logits):
    ours, theirs = hub.repositories["me/mine"], hub.repositories["me/theirs"]
    assert set(ours) - set(theirs) <= {"README.md"}
    ours, theirs = (load(files["model.safetensors"]) for files in (ours, theirs))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_a_wrong_token_is_one_line_with_the_remedy(hub, folder, tmp_path):
    done = python(hub, tmp_path, "-m", "llamo.cli", "push", str(folder), "me/other", token="hf_wrong")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "me/other: cannot be uploaded" in done.stderr and "hf auth login" in done.stderr


def test_a_hub_that_does_not_answer_is_one_line(folder, tmp_path):
    with running() as gone:
        pass
    done = python(gone, tmp_path, "-m", "llamo.cli", "push", str(folder), "me/other")
    assert done.returncode == 2 and "me/other: cannot be uploaded" in done.stderr.splitlines()[-1]


def test_a_model_without_processor_is_not_pushed(tmp_path):
    model_and_processor()[0].save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="holds no processor: call"):
        push(tmp_path, "me/mine")


def test_an_adapter_on_a_local_folder_is_not_pushed(tmp_path):
    (tmp_path / "adapter_config.json").write_text(f'{{"base_model_name_or_path": "{tmp_path}"}}')
    (tmp_path / "processor_config.json").write_text("{}")
    with pytest.raises(ValueError, match="push the merged model"):
        push(tmp_path, "me/mine")


def test_no_link_to_a_file_elsewhere_is_uploaded(tmp_path):
    folder = save_model(tmp_path / "model")
    (tmp_path / "secret.json").write_text("{}")
    (folder / "notes.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(ValueError, match=r"notes.json is a link to a file outside"):
        push(folder, "me/model")
