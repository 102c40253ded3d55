"""A recorded run of the reference implementation, and the model converted from its weights.

`LLAMO_RECORDED=FOLDER` names another recording than the default one.
"""

import json

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoProcessor

from llamo.convert.released import convert
from tests.paths import GOLDEN
from tests.recorded.recording import Recording


def pytest_collection_modifyitems(items):
    if not GOLDEN.is_dir():
        for item in items:
            if "tests/recorded/" in item.path.as_posix():
                item.add_marker(pytest.mark.skip(reason=f"recorded reference numbers are not at {GOLDEN}"))


@pytest.fixture(scope="session")
def recording() -> Recording:
    return Recording(GOLDEN)


@pytest.fixture(scope="session")
def official(recording, tmp_path_factory):
    """A checkpoint as the authors save it: every key, aliases included, official dtypes, Lightning's surroundings."""
    path = tmp_path_factory.mktemp("official") / "llamo.ckpt"
    torch.save({"state_dict": recording.official_state_dict(), "epoch": 2, "hyper_parameters": {"lr": 1e-4}}, path)
    return path


@pytest.fixture(scope="session")
def official_lora(recording, tmp_path_factory):
    """The same with LoRA inside."""
    path = tmp_path_factory.mktemp("official-lora") / "llamo.ckpt"
    torch.save({"state_dict": recording.official_state_dict(lora=True)}, path)
    return path


@pytest.fixture(scope="session")
def converted(official, tmp_path_factory):
    folder = tmp_path_factory.mktemp("converted") / "llamo"
    convert(official, folder, text_model=str(GOLDEN / "llm"))
    return folder


@pytest.fixture(scope="session")
def processor(converted):
    return AutoProcessor.from_pretrained(converted)


@pytest.fixture
def model(converted):
    return AutoModel.from_pretrained(converted, dtype=torch.float32).eval()


@pytest.fixture(scope="session")
def train_arrays():
    return load_file(GOLDEN / "batch_train.safetensors")


@pytest.fixture(scope="session")
def eval_arrays():
    return load_file(GOLDEN / "batch_eval.safetensors")


@pytest.fixture(scope="session")
def lora_arrays():
    return load_file(GOLDEN / "lora_outputs.safetensors")


@pytest.fixture(scope="session")
def batches():
    return json.loads((GOLDEN / "batches.json").read_text())
