"""Spoiled graphs: what changes, and what stays."""

import random

import numpy as np
import pytest
import torch

from llamo.analysis.graph_use.variants import GRAPHS, PARTS, REMOVED, SHUFFLED, TRUE, mask_atoms, read, variants
from processors import LlamoDataCollator
from tests.llamo.analysis.laboratory import small

ROWS, PROCESSOR = small.rows(("facts",)), small.processor()
ALONE, BOTH = (variants(ROWS, view, PROCESSOR) for view in ("graph", "both"))


def same(name: str, array: str, view: dict | None = None) -> list[bool]:
    """Of each row, whether an array is that of the true graph."""
    found = (ALONE if view is None else view)[name]
    key = f"graph_{array}"
    return [np.array_equal(one[key], true[key]) for one, true in zip(found, ALONE[TRUE], strict=True)]


def test_each_view_has_its_graphs():
    assert {"both": tuple(BOTH), "graph": tuple(ALONE)} == GRAPHS


@pytest.mark.parametrize("name", [TRUE, SHUFFLED, *PARTS])
def test_every_spoiled_graph_can_be_collated(name):
    batch = LlamoDataCollator(PROCESSOR)(ALONE[name])
    assert len(batch["graph_node_counts"]) == len(ROWS)
    assert int(batch["graph_motif_counts"].sum()) == len(batch["graph_motif_features"])


def test_text_and_answers_stay():
    for view in (ALONE, BOTH):
        for name in set(view) - {REMOVED}:
            assert all(np.array_equal(a["labels"], b["labels"]) for a, b in zip(view[name], view[TRUE], strict=True))


def test_no_row_keeps_its_own_graph_when_shuffled():
    assert not any(same(SHUFFLED, "node_ids"))
    assert not any(same(SHUFFLED, "node_ids", BOTH))


def test_removed_graphs_are_gone_from_the_text_too():
    graph = PROCESSOR.graph_token_id
    assert all("graph_node_ids" not in one and graph not in one["input_ids"] for one in ALONE[REMOVED] + BOTH[REMOVED])


@pytest.mark.parametrize(
    ("name", "changed", "kept"),
    [
        ("bonds moved", "edge_index", "node_ids"),
        ("atoms masked", "node_ids", "edge_index"),
        ("bond types removed", "edge_ids", "edge_index"),
        ("groups removed", "motif_features", "node_ids"),
        ("groups alone", "node_ids", "motif_features"),
    ],
)
def test_one_part_is_spoiled_and_another_stays(name, changed, kept):
    assert not all(same(name, changed)) and all(same(name, kept))


def test_a_share_of_the_atoms_is_unknown():
    graph = read(ALONE[TRUE][3])  # twelve carbons
    unknown = torch.full((9,), 3)
    masked = mask_atoms(graph, 0.25, unknown, random.Random(0))
    assert int((masked.node_ids == unknown).all(1).sum()) == 3
