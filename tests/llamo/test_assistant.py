"""Questions to a model: answers in order, with confidences, and clear errors."""

import math

import pytest
import torch
from transformers import AutoModel

from llamo.assistant import DESCRIBE, Assistant
from llamo.compact.model import Size, build
from processors import LlamoProcessor, MoleculeError
from processors.retrieval import CaptionIndex
from tests.text import byte_tokenizer

SIZE = Size(width=16, layers=1, heads=2, inner=16, graph_width=8, mlp_depth=1)
SMILES = ["CCO", "c1ccccc1O", None]


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer())
    return Assistant(build(processor, SIZE, seed=0), processor)


def test_batches_do_not_change_answers(assistant):
    whole = assistant.ask(SMILES, max_new_tokens=4)
    parts = assistant.ask(SMILES, max_new_tokens=4, batch_size=1)
    assert [(one.smiles, one.question, one.text) for one in whole] == [
        (one.smiles, one.question, one.text) for one in parts
    ]
    assert [one.smiles for one in whole] == SMILES and {one.question for one in whole} == {DESCRIBE}
    assert [one.confidence for one in whole] == pytest.approx([one.confidence for one in parts], rel=1e-4)


def test_the_confidence_is_the_mean_probability_of_the_tokens(assistant):
    (reply,) = assistant.ask(["CCO"], "Rings?", max_new_tokens=3)
    inputs = assistant.processor(["CCO"], ["Rings?"])
    with torch.inference_mode():
        made = assistant.model.generate(
            **inputs, max_new_tokens=3, do_sample=False, output_logits=True, return_dict_in_generate=True
        )
    ids = made.sequences[0, inputs["input_ids"].shape[1] :].tolist()
    logs = [step[0].log_softmax(-1)[token].item() for step, token in zip(made.logits, ids, strict=True)]
    assert reply.confidence == pytest.approx(math.exp(sum(logs) / len(logs)), rel=1e-4)


def test_it_is_loaded_from_a_folder(assistant, tmp_path):
    assistant.model.save_pretrained(tmp_path)
    assistant.processor.save_pretrained(tmp_path)
    assert type(AutoModel.from_pretrained(tmp_path)) is type(assistant.model)
    again = Assistant.load(tmp_path).ask(["CCO"], max_new_tokens=4)
    assert again == assistant.ask(["CCO"], max_new_tokens=4)


def test_captions_of_similar_molecules_change_the_prompt(assistant):
    with pytest.raises(ValueError, match="llamo index"):
        assistant.ask(["CCO"], retrieve=1)
    assistant.processor.captions = CaptionIndex(["CCCO"], ["propanol"])
    plain, helped = (assistant.ask(["CCO"], retrieve=count, max_new_tokens=2)[0] for count in (0, 1))
    assistant.processor.captions = None
    assert plain.confidence != helped.confidence


@pytest.mark.parametrize("bad", ["C1CC", ""])
def test_a_molecule_that_cannot_be_read_is_named(assistant, bad):
    with pytest.raises(MoleculeError, match="row 1"):
        assistant.ask(["CCO", bad], batch_size=1)


def test_questions_and_molecules_are_paired(assistant):
    with pytest.raises(ValueError, match="got 2 molecules and 1 questions"):
        assistant.ask(["CCO", "CCN"], ["Rings?"])


def test_a_question_that_leaves_no_room_for_its_answer_is_refused(assistant):
    limit = assistant.model.config.get_text_config().max_position_embeddings
    with pytest.raises(ValueError, match=rf"row 1: the question takes \d+ tokens .* reads {limit}"):
        assistant.ask(["CCO", "CCN"], ["Rings?", "?" * limit], max_new_tokens=2, batch_size=1)


def test_it_is_loaded_in_the_dtype_asked_for(assistant, tmp_path):
    assistant.model.save_pretrained(tmp_path)
    assistant.processor.save_pretrained(tmp_path)
    for wanted, found in ((None, torch.float32), ("bfloat16", torch.bfloat16)):
        assert Assistant.load(tmp_path, device="cpu", dtype=wanted).model.lm_head.weight.dtype == found
    with pytest.raises(ValueError, match="no dtype 'int3' to load a model in; give one of auto, float32"):
        Assistant.load(tmp_path, dtype="int3")


def test_four_bits_without_bitsandbytes_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("llamo.loading.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install llamo\[quantization\]"):
        Assistant.load(tmp_path, load_in_4bit=True)


def test_it_answers_in_four_bits(assistant, tmp_path):
    pytest.importorskip("bitsandbytes")
    assistant.model.save_pretrained(tmp_path)
    assistant.processor.save_pretrained(tmp_path)
    quantised = Assistant.load(tmp_path, device="cpu", load_in_4bit=True)
    assert any("4bit" in type(module).__name__ for module in quantised.model.modules())
    assert 0 < quantised.ask(["CCO"], max_new_tokens=2)[0].confidence <= 1
