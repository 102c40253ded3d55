"""Vectors of molecules."""

import pytest
import torch

from llamo.serving.embeddings import check_level, embed
from llamo.serving.errors import RequestError
from tests.tiny import random_graphs, select_graphs, tiny_config, tiny_model

SIZES = [5, 37, 1]


@torch.inference_mode()
@pytest.mark.parametrize("level", [0, 2, "tokens", "motif"])
@pytest.mark.parametrize("position", ["first", "last"])
def test_molecules_together_have_the_vectors_they_have_alone(level, position):
    model, graphs = tiny_model(tiny_config(motif_position=position)), random_graphs(SIZES)
    together = torch.tensor(embed(model, graphs, level))
    single = torch.tensor([embed(model, select_graphs(graphs, [one]), level)[0] for one in range(3)])
    torch.testing.assert_close(together, single, atol=1e-5, rtol=1e-4)
    assert together.shape == (3, 16 if isinstance(level, int) else 32)


@torch.inference_mode()
def test_the_motif_vector_alone_depends_on_functional_groups():
    model, graphs = tiny_model(), random_graphs([5])
    others = {**graphs, "graph_motif_features": torch.zeros(0, 73), "graph_motif_counts": torch.tensor([0])}
    assert graphs["graph_motif_counts"].tolist() == [0] or embed(model, graphs, "motif") != embed(
        model, others, "motif"
    )
    assert embed(model, graphs, 2) == embed(model, others, 2)


@pytest.mark.parametrize(("projector", "level"), [({}, 3), ({"projector_type": "mlp"}, "motif")])
def test_a_level_that_the_model_has_not_is_refused(projector, level):
    with pytest.raises(RequestError, match="level"):
        check_level(tiny_config(**projector), level)


def test_atom_projectors_have_token_vectors_too():
    model = tiny_model(tiny_config(projector_type="mlp"))
    with torch.inference_mode():
        assert torch.tensor(embed(model, random_graphs(SIZES), "tokens")).shape == (3, 32)
