"""Projectors as they are measured."""

import pytest

from llamo.analysis.cost.projectors import ENCODER, KINDS, Sizes, measure, molecules

SMALL = {"mlp_depth": 2, "graph_width": 8, "layers": 2}


@pytest.mark.parametrize("kind", KINDS)
def test_what_depends_on_the_texts_width_is_known_exactly(kind, monkeypatch):
    monkeypatch.setitem(KINDS, "qformer", {"num_query_tokens": 28, "hidden_size": 16})
    graphs = molecules(10, 2)
    narrow, wide = Sizes(text_width=16, **SMALL), Sizes(text_width=24, **SMALL)
    counted = [measure(sizes, graphs, rounds=1, kinds=[kind])[kind]["flops"] for sizes in (narrow, wide)]
    atoms = int(graphs.node_counts[0])
    assert counted[1] - counted[0] == 2 * (wide.text_flops(kind, atoms) - narrow.text_flops(kind, atoms))


def test_every_quantity_is_measured_for_projector_and_encoder():
    found = measure(Sizes(text_width=16, **SMALL), molecules(10, 1), rounds=1, kinds=["multi_level"])
    assert set(found) == {"multi_level", ENCODER}
    for of in found.values():
        assert set(of) == {"forward", "step", "flops", "step_flops", "bytes"}
        assert min(of.values()) > 0
        assert of["step_flops"] > 2 * of["flops"]


def test_memory_of_a_step_holds_the_gradients_of_the_weights():
    sizes = Sizes(text_width=64, **SMALL)
    found = measure(sizes, molecules(10, 1), rounds=1, kinds=["mlp"])
    assert found["mlp"]["bytes"] >= 4 * sizes.weights("mlp")


def test_the_papers_projector_has_its_weights_and_tokens():
    paper = Sizes(text_width=4096)
    assert paper.tokens("multi_level", 99) == 28
    assert paper.tokens("mlp", 99) == 99
    assert paper.weights("mlp") == 300 * 4096 + 5 * 4096**2 + 6 * 4096 + 600
    assert paper.weights(ENCODER) < paper.weights("qformer")


def test_molecules_of_a_batch_are_all_of_the_size():
    assert molecules(30, 3).node_counts.tolist() == [37] * 3
