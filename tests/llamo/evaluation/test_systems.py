"""What a word of the command line opens, and what is said of words that open nothing."""

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModel, AutoModelForCausalLM, LlamaConfig

from llamo.evaluation import systems
from llamo.evaluation.model_answerer import ModelAnswerer
from llamo.evaluation.options import GenerationOptions
from llamo.evaluation.systems import SystemOptions, endpoint_options, open_system
from tests.llamo.evaluation.small_task import examples, small_task
from tests.text import byte_tokenizer, model_and_processor
from tests.tiny import TEXT_CONFIG

OPTIONS = SystemOptions(GenerationOptions(batch_size=4), device="cpu")


def open_it(spec: str) -> ModelAnswerer:
    opened = open_system(spec, small_task(), OPTIONS, train=list)
    assert isinstance(opened, ModelAnswerer)
    return opened


@pytest.fixture
def llamo_folder(tmp_path):
    folder = tmp_path / "mine" / "model"
    model, processor = model_and_processor()
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


@pytest.fixture
def text_folder(tmp_path):
    torch.manual_seed(0)
    config = LlamaConfig(**{**TEXT_CONFIG, "vocab_size": 261})
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path / "text")
    byte_tokenizer().save_pretrained(tmp_path / "text")
    return tmp_path / "text"


def test_a_llamo_folder_answers_with_graphs(llamo_folder):
    opened = open_it(str(llamo_folder))
    assert (opened.name, opened.without_graphs) == ("mine", False)
    assert len(list(opened.answer(examples()))) == len(examples())


def test_a_llamo_answers_without_graphs(llamo_folder):
    opened = open_it(f"text:{llamo_folder}")
    assert (opened.name, opened.without_graphs) == ("mine, no graph", True)
    assert len(list(opened.answer(examples()))) == len(examples())


def test_a_plain_language_model_answers_without_graphs(text_folder):
    opened = open_it(f"text:{text_folder}")
    assert opened.without_graphs
    assert len(list(opened.answer(examples()))) == len(examples())


@pytest.mark.parametrize(
    "projector",
    [
        {"projector_type": "multi_level"},
        {"projector_type": "multi_level", "num_motif_query_tokens": 0},
        {"projector_type": "mlp", "pooling": "mean"},
        {"projector_type": "mlp"},
        {"projector_type": "mlp_concat"},
        {"projector_type": "weighted_sum"},
        {"projector_type": "resampler"},
        {"projector_type": "qformer"},
    ],
    ids=str,
)
def test_every_projector_answers(projector, tmp_path):
    model, processor = model_and_processor(**projector)
    model.save_pretrained(tmp_path)
    processor.num_graph_tokens = model.config.num_graph_tokens
    processor.save_pretrained(tmp_path)
    assert len(list(open_it(str(tmp_path)).answer(examples()))) == len(examples())


def test_a_plain_language_model_must_be_called_one(text_folder):
    with pytest.raises(ValueError, match="text:"):
        open_it(str(text_folder))


def test_a_missing_model_is_one_line():
    with pytest.raises(ValueError, match="no model can be loaded") as caught:
        open_it("/nowhere/at/all")
    assert "\n" not in str(caught.value)


def test_other_weights_are_another_origin(llamo_folder):
    before = open_it(str(llamo_folder)).settings()
    assert before == open_it(str(llamo_folder)).settings()
    weights = llamo_folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1  # one bit at the very end
    weights.write_bytes(content)
    assert before != open_it(str(llamo_folder)).settings()


def test_an_adapter_answers_and_depends_on_its_base(llamo_folder, tmp_path):
    lora = LoraConfig(task_type="CAUSAL_LM", target_modules=r".*language_model.*q_proj", r=2)
    base = AutoModel.from_pretrained(llamo_folder)
    get_peft_model(base, lora).save_pretrained(tmp_path / "adapter")
    opened = open_it(str(tmp_path / "adapter"))
    assert len(list(opened.answer(examples()))) == len(examples())
    assert set(opened.settings()["model"]) == {"adapter", "base"}


def test_dtype_and_device_are_settings(llamo_folder):
    assert open_it(str(llamo_folder)).settings()["dtype"] == "torch.float32"
    assert open_it(str(llamo_folder)).settings()["device"] == "cpu"


def test_options_that_do_not_apply_are_named(monkeypatch):
    warned: list[str] = []
    monkeypatch.setattr(systems.logger, "warning", warned.append)
    options = SystemOptions(GenerationOptions(num_beams=4))
    open_system("retrieval", small_task(), options, train=examples)
    assert "num_beams do not apply" in warned[0]


def test_endpoint_options_are_typed():
    assert endpoint_options(["base_url=http://localhost:1/v1", "max-cost=1.5", "retries=3"]) == {
        "base_url": "http://localhost:1/v1",
        "max_cost": 1.5,
        "retries": 3,
    }
    with pytest.raises(ValueError, match="key=value"):
        endpoint_options(["nonsense"])
