"""LlamoDataCollator: labels, padding on either side, packed graphs, mixtures."""

from typing import Any

import numpy as np
import pytest
import torch
from datasets import Dataset

from processors import LlamoDataCollator, LlamoProcessor
from tests.processors.test_processing import CONVERSATION, GRAPHS
from tests.text import byte_tokenizer

TEXT_ONLY = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]


@pytest.fixture(scope="module")
def processor() -> LlamoProcessor:
    return LlamoProcessor.from_tokenizer(byte_tokenizer(), num_graph_tokens=GRAPHS)


@pytest.mark.parametrize("side", ["left", "right"])
def test_rows_are_padded_on_the_side_asked_for(processor, side):
    batch = LlamoDataCollator(processor, padding_side=side)([{"messages": CONVERSATION}, {"messages": TEXT_ONLY}])
    example = processor.encode_conversation(TEXT_ONLY)
    length = len(example["input_ids"])
    place = slice(-length, None) if side == "left" else slice(0, length)
    assert batch["input_ids"][1, place].tolist() == example["input_ids"]
    assert batch["labels"][1, place].tolist() == example["labels"]
    assert int(batch["attention_mask"][1].sum()) == length
    assert int((batch["labels"][1] != -100).sum()) == len("Hi.") + 1


def test_graphs_of_all_rows_are_packed_in_order(processor):
    batch = LlamoDataCollator(processor)(
        [{"messages": CONVERSATION}, {"messages": TEXT_ONLY}, {"messages": CONVERSATION}]
    )
    assert batch["graph_node_counts"].tolist() == [4, 4]
    assert batch["graph_edge_index"].max() == 3  # local to each molecule
    assert batch["graph_motif_features"].dtype == torch.float32


def test_graphs_of_any_form_are_packed_as_the_extractor_packs_them(processor):
    extractor = processor.feature_extractor
    graphs = [extractor.featurize(smiles) for smiles in ("CCO", "C", "c1ccccc1[N+](=O)[O-]")]
    expected = extractor.pack(graphs, return_tensors="pt")
    rows = [{"input_ids": [5], **extractor.pack([graph])} for graph in graphs]
    flat = [{name: np.asarray(value, np.uint8).reshape(-1) for name, value in row.items()} for row in rows]
    lists = [{name: np.asarray(value).tolist() for name, value in row.items()} for row in rows]
    flat_lists = [{name: value.tolist() for name, value in row.items()} for row in flat]
    for examples in (rows, flat, lists, flat_lists, [rows[0], flat_lists[1], flat[2]]):
        batch = LlamoDataCollator(processor)(examples)
        assert all(torch.equal(batch[name], expected[name]) for name in expected)
        assert all(batch[name].dtype == expected[name].dtype for name in expected)


def test_packed_graphs_hold_what_a_pyg_batch_holds(processor):
    from torch_geometric.data import Batch, Data

    graphs = [processor.feature_extractor.featurize(smiles) for smiles in ("CCO", "C", "[Na+].[Cl-]", "c1ccccc1C")]
    packed = processor.feature_extractor.pack(graphs, return_tensors="pt")
    batch: Any = Batch.from_data_list(
        [
            Data(
                x=torch.from_numpy(graph.node_ids),
                edge_index=torch.from_numpy(graph.edge_index).T,
                edge_attr=torch.from_numpy(graph.edge_ids),
                motif=torch.from_numpy(graph.motif_features).float(),
            )
            for graph in graphs
        ]
    )
    offsets = batch.ptr[:-1].repeat_interleave(packed["graph_edge_counts"])
    assert torch.equal(packed["graph_node_ids"], batch.x)
    assert torch.equal(packed["graph_edge_index"].T + offsets, batch.edge_index)
    assert torch.equal(packed["graph_edge_ids"], batch.edge_attr)
    assert torch.equal(packed["graph_motif_features"], batch.motif)
    assert torch.equal(packed["graph_node_counts"], batch.ptr.diff())


def test_text_only_batches_have_no_graph_tensors(processor):
    assert set(LlamoDataCollator(processor)([{"messages": TEXT_ONLY}])) == {"input_ids", "attention_mask", "labels"}


def test_examples_encoded_beforehand_and_stored_in_arrow_give_the_same_batch(processor):
    conversations = [{"messages": CONVERSATION}, {"messages": TEXT_ONLY}]
    encoded = [processor.encode_conversation(row["messages"]) for row in conversations]
    stored = Dataset.from_list([{k: getattr(v, "tolist", lambda v=v: v)() for k, v in row.items()} for row in encoded])
    collator = LlamoDataCollator(processor)
    direct = collator(conversations)
    for source in (encoded, [stored[0], stored[1]]):
        batch = collator(source)
        assert batch.keys() == direct.keys()
        assert all(torch.equal(batch[name], direct[name]) for name in direct)


def test_lengths_are_rounded_up(processor):
    batch = LlamoDataCollator(processor, pad_to_multiple_of=16)([{"messages": TEXT_ONLY}])
    assert batch["input_ids"].shape[1] % 16 == 0


def test_bad_examples_are_refused_with_their_row(processor):
    bad = [{"role": "user", "content": [{"type": "molecule", "smiles": "C1"}]}, {"role": "assistant", "content": "x"}]
    with pytest.raises(ValueError, match=r"example 1 of the batch.*C1"):
        LlamoDataCollator(processor)([{"messages": TEXT_ONLY}, {"messages": bad}])
    with pytest.raises(ValueError, match="row 0: expected 'messages' or 'input_ids'"):
        LlamoDataCollator(processor)([{"text": "x"}])
    with pytest.raises(ValueError, match="max_length"):
        LlamoDataCollator(processor, max_length=5)([{"messages": TEXT_ONLY}])
