"""What rows show of their molecule: the graph alone, the SMILES alone, or both, and never another text."""

from collections import Counter

import numpy as np
import pytest

from llamo.compact import tensors
from llamo.compact.views import Views, seen
from llamo.training.tokenizer import build_tokenizer
from processors import LlamoProcessor
from processors.example import IGNORED_LABEL


@pytest.fixture
def processor() -> LlamoProcessor:
    tokenizer = build_tokenizer(["Describe it.", "An alcohol.", "Cl"], vocab_size=300, split_smiles=True)
    return LlamoProcessor.from_tokenizer(tokenizer)


@pytest.fixture
def rows(processor) -> tensors.TensorRows:
    question, answer = [{"type": "text", "text": "Describe it."}], {"role": "assistant", "content": "An alcohol."}
    molecule = {"type": "molecule", "smiles": "OCCl"}
    chats = [
        [{"role": "user", "content": [molecule, *question]}, answer],
        [{"role": "user", "content": question}, answer],
    ]
    examples = [processor.encode_conversation(chat) for chat in chats]
    end = examples[0]["input_ids"].index(processor.graph_token_id)
    start = len(processor.tokenizer("<s>User:\n", add_special_tokens=False)["input_ids"])
    return tensors.from_examples(examples, ["a", "a"], [["OCCl"], []], [(start, end), (start, start)])


@pytest.mark.parametrize(
    ("view", "text"),
    [("both", "User:\nOCCl<graph>"), ("graph", "User:\n<graph>"), ("smiles", "User:\nOCCl ")],
)
def test_a_view_shows_nothing_else(rows, processor, view, text):
    example = seen(rows, 0, view, graph_token_id=processor.graph_token_id)
    shown = processor.tokenizer.decode(example["input_ids"], skip_special_tokens=False).replace(
        "<graph>" * 28, "<graph>"
    )
    assert text in shown and shown.endswith("Describe it.\nAssistant:\nAn alcohol.</s>\n")
    assert ("graph_node_ids" in example) == (view != "smiles")
    learned = example["labels"][example["labels"] != IGNORED_LABEL]
    assert processor.tokenizer.decode(learned) == "An alcohol.</s>"
    assert len(example["attention_mask"]) == len(example["input_ids"]) == len(example["labels"])


def test_the_view_without_smiles_is_what_the_processor_writes_without(rows, processor):
    processor.include_smiles = False
    plain = processor.encode_conversation(
        [
            {
                "role": "user",
                "content": [{"type": "molecule", "smiles": "OCCl"}, {"type": "text", "text": "Describe it."}],
            },
            {"role": "assistant", "content": "An alcohol."},
        ]
    )
    example = seen(rows, 0, "graph", graph_token_id=processor.graph_token_id)
    np.testing.assert_array_equal(example["input_ids"], plain["input_ids"])


@pytest.mark.parametrize("view", ["both", "graph", "smiles"])
def test_text_alone_stays_as_it_is(rows, processor, view):
    np.testing.assert_array_equal(
        seen(rows, 1, view, graph_token_id=processor.graph_token_id)["input_ids"], rows[1]["input_ids"]
    )


def test_an_unknown_view_is_refused(rows):
    with pytest.raises(ValueError, match="both, graph, smiles, got 'picture'"):
        seen(rows, 0, "picture", graph_token_id=4)


def test_views_are_drawn_by_their_shares():
    views = Views(0.5, 0.3, 0.2)
    drawn = Counter(views.draw(0, step, 3) for step in range(2000))
    assert [drawn[name] / 2000 for name in ("both", "graph", "smiles")] == pytest.approx([0.5, 0.3, 0.2], abs=0.05)
    assert views.draw(1, 2, 3) == views.draw(1, 2, 3)
    assert {Views(0, 0, 1).draw(0, step, 0) for step in range(20)} == {"smiles"}


def test_smiles_are_split_into_characters_and_words_are_not(processor):
    tokens = processor.tokenizer.tokenize("User:\nCCCl<graph>Describe it.\nAssistant:\nCCCl")
    assert tokens[tokens.index("<graph>") - 3 : tokens.index("<graph>")] == ["C", "C", "Cl"]
    assert processor.tokenizer.decode(processor.tokenizer("User:\nCCCl").input_ids) == "User:\nCCCl"
