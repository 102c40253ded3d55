"""Attention weights that can be asked for are those of PyTorch's attention, and those that tokens are made with."""

import pytest
import torch
from torch import nn

from modeling_llamo.packing import GraphBatch, Segments
from modeling_llamo.projector.attention import QueryAttention
from tests.tiny import random_graphs, tiny_config, tiny_model

SIZES = [5, 1, 20]
COUNTS = torch.tensor(SIZES)


def random_attention(levels: int, width: int = 16, heads: int = 4) -> QueryAttention:
    torch.manual_seed(0)
    attention = QueryAttention(width, heads, levels)
    with torch.no_grad():
        for tensor in (*attention.parameters(), *attention.buffers()):
            tensor.normal_(std=0.4)  # the key bias too, which must cancel
    return attention


def of_pytorch(attention: QueryAttention, level: int) -> nn.MultiheadAttention:
    """PyTorch's attention with the weights of one level."""
    whole = nn.MultiheadAttention(attention.width, attention.num_heads, batch_first=True)
    names = ("query", "key", "value")
    with torch.no_grad():
        whole.in_proj_weight.copy_(torch.cat([getattr(attention, f"{name}_weight")[level] for name in names]))
        whole.in_proj_bias.copy_(torch.cat([getattr(attention, f"{name}_bias")[level] for name in names]))
        whole.out_proj.weight.copy_(attention.output_weight[level])
        whole.out_proj.bias.copy_(attention.output_bias[level])
    return whole


def test_weights_are_those_of_pytorchs_attention():
    attention, segments = random_attention(3), Segments.from_counts(COUNTS, sum(SIZES))
    queries, rows = torch.randn(3, 2, 16), torch.randn(3, sum(SIZES), 16)
    found = attention.attention_weights(queries, rows, segments).unflatten(2, (4, 2))  # (A, N, H, Q)
    for level in range(3):
        whole, start = of_pytorch(attention, level), 0
        for size in SIZES:
            nodes = rows[level, start : start + size]
            _, wanted = whole(queries[level], nodes, nodes, average_attn_weights=False)  # (H, Q, rows)
            part = found[level, start : start + size].permute(1, 2, 0)
            torch.testing.assert_close(part, wanted, atol=1e-6, rtol=1e-5)
            start += size


def batch() -> GraphBatch:
    return GraphBatch(**{name.removeprefix("graph_"): tensor for name, tensor in random_graphs(SIZES).items()})


@pytest.mark.parametrize("motif_position", ["first", "last"])
def test_each_token_of_a_molecule_reads_its_atoms_or_its_motifs(motif_position):
    config = tiny_config(motif_position=motif_position)
    model, graphs = tiny_model(config).model, batch()
    levels = model.graph_encoder.encode(graphs).hidden_states
    found = model.projector.attention(levels, graphs)
    motif_counts = graphs.motif_counts.tolist()
    for one, size, motifs in zip(found, SIZES, motif_counts, strict=True):
        of_motifs = torch.tensor([level is None for level in one.levels])
        assert len(one.levels) == config.num_graph_tokens and of_motifs[0 if motif_position == "first" else -1]
        assert one.atoms.shape[2] == size and one.motifs.shape[2] == motifs
        wanted = (~of_motifs).float() + of_motifs.float() * (motifs > 0)
        torch.testing.assert_close(one.atoms.sum(2) + one.motifs.sum(2), wanted[:, None].expand(-1, 4))
        assert not one.atoms[of_motifs].any() and not one.motifs[~of_motifs].any()


@pytest.mark.parametrize("position", ["first", "last"])
def test_tokens_are_made_with_these_weights(position):
    # One head, values and outputs as they are: a token is then the weighted sum of the rows that it reads.
    config = tiny_config(motif_position=position, num_attention_heads=1)
    model, graphs = tiny_model(config).model, batch()
    projector = model.projector
    for attention in (projector.level_attention, projector.motif_attention):
        for name in ("value", "output"):
            nn.init.zeros_(getattr(attention, f"{name}_bias"))
            getattr(attention, f"{name}_weight").data.copy_(torch.eye(attention.width))
    levels = model.graph_encoder.encode(graphs).hidden_states
    tokens = projector.read(levels, graphs)
    nodes = [level.split(SIZES) for level in levels]
    motifs = projector.motif_embedding(graphs.motif_features).split(graphs.motif_counts.tolist())
    for graph, one in enumerate(projector.attention(levels, graphs)):
        for token, level in enumerate(one.levels):
            if level is not None:
                wanted = one.atoms[token, 0] @ nodes[level][graph]
            elif len(motifs[graph]):
                wanted = one.motifs[token, 0] @ motifs[graph]
            else:
                continue
            torch.testing.assert_close(tokens[graph, token], wanted, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("pooling", "shape"), [("none", (20, 1, 20)), ("mean", (1, 1, 20))])
def test_atom_tokens_read_their_atoms(pooling, shape):
    model, graphs = tiny_model(tiny_config(projector_type="mlp", pooling=pooling)).model, batch()
    found = model.projector.attention(model.graph_encoder.encode(graphs).hidden_states, graphs)
    assert found[2].atoms.shape == shape
    torch.testing.assert_close(found[2].atoms.sum(2), torch.ones(shape[:2]))


@pytest.mark.parametrize("kind", ["resampler", "qformer"])
def test_a_projector_without_such_weights_says_so(kind):
    model, graphs = tiny_model(tiny_config(projector_type=kind)).model, batch()
    with pytest.raises(ValueError, match="Projector mixes atoms in several steps"):
        model.projector.attention(model.graph_encoder.encode(graphs).hidden_states, graphs)
