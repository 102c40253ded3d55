"""A causal language model on this machine as a writer."""

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from llamo.checking import Context
from llamo.instructions.material import Material
from llamo.instructions.model_writer import ModelWriter
from llamo.instructions.prompting import Prompting
from tests.text import byte_tokenizer
from tests.tiny import TEXT_CONFIG

TEMPLATE = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant:"
MATERIALS = [Material(row, "C" * (row + 1), Context("The molecule is an alkane.")) for row in range(3)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("writer")
    torch.manual_seed(0)
    LlamaForCausalLM(LlamaConfig(**{**TEXT_CONFIG, "vocab_size": 261, "eos_token_id": 2})).save_pretrained(folder)
    byte_tokenizer(chat_template=TEMPLATE).save_pretrained(folder)
    return folder


def writer(folder, **options) -> ModelWriter:
    return ModelWriter(str(folder), Prompting(shown=1, max_tokens=40), device="cpu", batch_size=2, **options)


def test_every_row_gets_a_draft_and_a_random_model_no_conversation(folder):
    drafts = list(writer(folder).write(MATERIALS, attempt=0))
    assert [draft.material for draft in drafts] == MATERIALS
    assert all(draft.reason and not draft.turns for draft in drafts)


def test_the_same_seed_gives_the_same_and_another_attempt_gives_another(folder):
    texts = writer(folder)._generate([writer(folder).prompting.messages(one, attempt=0) for one in MATERIALS], (0, 0))
    again = writer(folder)._generate([writer(folder).prompting.messages(one, attempt=0) for one in MATERIALS], (0, 0))
    assert texts == again


def test_what_a_model_writes_is_read(folder, monkeypatch):
    one = writer(folder)
    text = "Q: What is it?\nA: It is an alkane."
    monkeypatch.setattr(one, "_generate", lambda chats, numbers: [text] * len(chats))
    assert [draft.turns[0].answer for draft in one.write(MATERIALS, attempt=0)] == ["It is an alkane."] * 3


def test_a_model_without_a_chat_template_is_refused(folder, tmp_path):
    LlamaForCausalLM.from_pretrained(folder).save_pretrained(tmp_path)
    byte_tokenizer().save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="no chat template"):
        writer(tmp_path)


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(ValueError, match="no language model can be loaded"):
        writer(tmp_path)
