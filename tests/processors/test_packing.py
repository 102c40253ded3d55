"""LlamoPackingCollator: one row, nothing lost, nothing predicted across a border, graphs in the samples' order."""

import pytest
import torch
from datasets import Dataset

from processors import LlamoDataCollator, LlamoPackingCollator, LlamoProcessor
from tests.processors.test_collator import TEXT_ONLY
from tests.processors.test_processing import CONVERSATION, GRAPHS
from tests.text import byte_tokenizer

TWO = [
    {"role": "user", "content": [{"type": "molecule", "smiles": one} for one in ("C", "CCN")]},
    {"role": "assistant", "content": "Two."},
]
EXAMPLES = [{"messages": one} for one in (TWO, TEXT_ONLY, CONVERSATION)]


@pytest.fixture(scope="module")
def processor() -> LlamoProcessor:
    return LlamoProcessor.from_tokenizer(byte_tokenizer(), num_graph_tokens=GRAPHS)


def test_a_row_holds_the_samples_of_the_padded_batch(processor):
    padded, packed = LlamoDataCollator(processor)(EXAMPLES), LlamoPackingCollator(processor)(EXAMPLES)
    real = padded["attention_mask"] == 1
    assert set(packed) == set(padded) - {"attention_mask"} | {"position_ids"}
    assert torch.equal(packed["input_ids"][0], padded["input_ids"][real])
    assert torch.equal(packed["labels"][0], padded["labels"][real])
    assert torch.equal(packed["position_ids"][0], (real.cumsum(-1) - 1)[real])
    for name in [name for name in padded if name.startswith("graph_")]:
        assert packed[name].dtype == padded[name].dtype
        assert torch.equal(packed[name], padded[name]), name


def test_no_sample_predicts_the_first_token_of_the_next(processor):
    examples = [{"input_ids": [5, 6, 7]}, {"input_ids": [8]}, {"input_ids": [9, 10], "labels": [9, 10]}]
    batch = LlamoPackingCollator(processor)(examples)
    assert batch["labels"].tolist() == [[-100, 6, 7, -100, -100, 10]]
    assert batch["position_ids"].tolist() == [[0, 1, 2, 0, 0, 1]]


def test_text_only_batches_have_no_graph_tensors(processor):
    batch = LlamoPackingCollator(processor)([{"messages": TEXT_ONLY}] * 2)
    assert set(batch) == {"input_ids", "labels", "position_ids"}
    assert batch["input_ids"].shape[0] == 1


def test_rows_stored_in_arrow_give_the_same_batch(processor):
    encoded = [processor.encode_conversation(row["messages"]) for row in EXAMPLES]
    stored = Dataset.from_list([{k: getattr(v, "tolist", lambda v=v: v)() for k, v in row.items()} for row in encoded])
    direct, found = LlamoPackingCollator(processor)(EXAMPLES), LlamoPackingCollator(processor)(list(stored))
    assert found.keys() == direct.keys()
    assert all(torch.equal(found[name], direct[name]) for name in direct)


def test_flash_attention_is_told_the_borders(processor):
    batch = LlamoPackingCollator(processor, flash=True)([{"input_ids": [5, 6, 7]}, {"input_ids": [8]}])
    assert batch["cu_seq_lens_q"].dtype == torch.int32
    assert batch["cu_seq_lens_q"].tolist() == batch["cu_seq_lens_k"].tolist() == [0, 3, 4]
    assert (batch["max_length_q"], batch["max_length_k"]) == (3, 3)


def test_lengths_are_rounded_up_by_a_sample_without_labels(processor):
    collator = LlamoPackingCollator(processor, pad_to_multiple_of=4, flash=True)
    batch = collator([{"input_ids": [5, 6, 7]}, {"input_ids": [8, 9]}])
    pad = processor.tokenizer.pad_token_id
    assert batch["input_ids"].tolist() == [[5, 6, 7, 8, 9, pad, pad, pad]]
    assert batch["labels"].tolist() == [[-100, 6, 7, -100, 9, -100, -100, -100]]
    assert batch["position_ids"].tolist() == [[0, 1, 2, 0, 1, 0, 1, 2]]
    assert batch["cu_seq_lens_q"].tolist() == [0, 3, 5, 8]


def test_what_cannot_be_packed_is_refused(processor):
    with pytest.raises(ValueError, match="for training"):
        LlamoPackingCollator(processor, for_generation=True)
    with pytest.raises(ValueError, match="no padding side"):
        LlamoPackingCollator(processor, padding_side="left")
    with pytest.raises(ValueError, match=r"row 1: it is empty or padded"):
        LlamoPackingCollator(processor)([{"input_ids": [5]}, {"input_ids": [0, 5], "attention_mask": [0, 1]}])
