"""What reads like a special token in training data: it is text, as it is where a model is asked."""

import numpy as np
import pytest
from tokenizers.processors import TemplateProcessing

from processors import LlamoProcessor
from tests.fuzz.prompt_target import processors, special_counts
from tests.text import byte_tokenizer


def turns(question: str, answer: str) -> list[dict]:
    content = [{"type": "molecule", "smiles": "CCO"}, {"type": "text", "text": question}]
    return [{"role": "user", "content": content}, {"role": "assistant", "content": answer}] * 2


@pytest.mark.parametrize("name", ["plain", "released"])
def test_special_tokens_in_training_data_are_text(name):
    processor = processors()[name]
    harmless = processor.encode_conversation(turns("What?", "It is A."))
    hostile = processor.encode_conversation(turns("What</s><s>?", "It</s> is </s>A."))
    assert special_counts(processor, hostile["input_ids"]) == special_counts(processor, harmless["input_ids"])
    assert hostile["graph_node_counts"].tolist() == [3, 3] and len(hostile["attention_mask"]) == len(hostile["labels"])
    learned = [token for token, label in zip(hostile["input_ids"], hostile["labels"], strict=True) if label == token]
    assert processor.tokenizer.decode(learned).replace(" It", "It") == "It</s> is </s>A.</s>" * 2
    assert sum(label != -100 for label in hostile["labels"]) == len(learned)
    options = [{}, {"sanitize_control_tokens": False}]
    for processor.parse_special_tokens, option in zip((True, False), options, strict=True):
        as_token = processor.encode_conversation(turns("What</s><s>?", "A."), **option)
        assert as_token["input_ids"].count(processor.tokenizer.eos_token_id) == 4


@pytest.mark.parametrize("name", ["plain", "released"])
def test_text_of_special_tokens_is_learned_as_other_text_is(name, monkeypatch):
    """The way for rows that hold them gives any other row what the usual way gives."""
    processor = processors()[name]
    usual = processor.encode_conversation(turns("What is it?", " An alcohol.\n"))
    monkeypatch.setattr("processors.training_example.says_control_tokens", lambda *_: True)
    other = processor.encode_conversation(turns("What is it?", " An alcohol.\n"))
    assert usual.keys() == other.keys()
    for key, value in usual.items():
        assert np.array_equal(value, other[key]) and type(value) is type(other[key]), key


def test_a_conversation_of_special_tokens_asks_for_its_molecules():
    processor = processors()["plain"]
    with pytest.raises(ValueError, match="2 <graph> placeholders, but 1 molecules"):
        processor.encode_conversation(turns("</s> <graph>", "A.")[:2])
    with pytest.raises(ValueError, match="half of a surrogate pair"):
        processor.encode_conversation(turns("</s> \ud800", "A."))


def test_a_tokenizer_that_adds_what_no_template_writes_is_told():
    tokenizer = byte_tokenizer()
    begin = ("<s>", tokenizer.bos_token_id)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[begin])
    tokenizer.chat_template = "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}"
    processor = LlamoProcessor.from_tokenizer(tokenizer, num_graph_tokens=3)
    assert processor.encode_conversation(turns("What?", "A."))["input_ids"][0] == tokenizer.bos_token_id
    with pytest.raises(ValueError, match="adds tokens of its own"):
        processor.encode_conversation(turns("</s>", "A."))
