"""Models of graphs that are no molecules: continuous numbers of nodes and edges, other tables, other motif rows."""

import pytest
import torch
from torch_geometric.data import Data

from llamo.communities import communities
from modeling_llamo import LlamoForConditionalGeneration, LlamoGraphEncoder
from processors import LlamoProcessor
from tests.text import byte_tokenizer
from tests.tiny import TEXT_CONFIG, tiny_batch, tiny_config, tiny_model

GRAPH = {
    "molecular": False,
    "atom_vocab_sizes": [3],
    "bond_vocab_sizes": [1],
    "num_node_features": 2,
    "num_edge_features": 1,
}


def make(**graph) -> tuple[LlamoForConditionalGeneration, LlamoProcessor]:
    config = tiny_config(
        text={**TEXT_CONFIG, "vocab_size": 261}, graph={**GRAPH, **graph}, motif_vocab_size=6, num_motif_query_tokens=2
    )
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer(), config)
    config.graph_token_id = processor.graph_token_id
    return tiny_model(config), processor


def random_graph(size: int, seed: int, *, order: list[int] | None = None) -> Data:
    """A tree, its nodes in the order asked for."""
    generator = torch.Generator().manual_seed(seed)
    place = torch.arange(size) if order is None else torch.tensor(order)
    pairs = [(int(torch.randint(node, (1,), generator=generator)), node) for node in range(1, size)]
    index = torch.tensor([pair for one in pairs for pair in (one, one[::-1])], dtype=torch.long).reshape(-1, 2).t()
    kinds = torch.randint(3, (size, 1), generator=generator).float()
    x = torch.cat([kinds, torch.randn(size, 2, generator=generator)], 1)
    graph = Data(
        x=torch.empty(size, 3), edge_index=place[index], edge_attr=torch.rand(len(pairs), 1, generator=generator)
    )
    graph.x[place] = x  # pyright: ignore[reportOptionalSubscript]
    graph.edge_attr = graph.edge_attr.repeat_interleave(2, 0)  # pyright: ignore[reportOptionalMemberAccess]
    membership = torch.empty(size, dtype=torch.long)
    membership[place] = torch.arange(size) // 4
    graph.motif_index = membership
    return graph


GRAPHS = [random_graph(5, 0), random_graph(20, 1), random_graph(1, 2)]


@torch.no_grad()
def logits(model, processor, graphs) -> torch.Tensor:
    return model(**processor(graphs, ["?"] * len(graphs))).logits[:, -1]


def test_a_batch_answers_as_single_graphs_do():
    model, processor = make()
    single = torch.cat([logits(model, processor, [graph]) for graph in GRAPHS])
    torch.testing.assert_close(logits(model, processor, GRAPHS), single, atol=1e-5, rtol=1e-4)


def test_the_order_of_nodes_changes_no_answer():
    model, processor = make()
    order = torch.randperm(20, generator=torch.Generator().manual_seed(0)).tolist()
    one, other = ([random_graph(20, 1, order=order)], [random_graph(20, 1)])
    torch.testing.assert_close(logits(model, processor, one), logits(model, processor, other), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", ["x", "edge_attr"])
def test_continuous_numbers_change_the_answer(name):
    model, processor = make()
    changed = GRAPHS[1].clone()
    changed[name][:, -1] += torch.linspace(0, 3, len(changed[name]))
    changed.motif_index = -torch.ones(20, dtype=torch.long)
    same = GRAPHS[1].clone()
    same.motif_index = changed.motif_index
    assert not torch.allclose(logits(model, processor, [changed]), logits(model, processor, [same]), atol=1e-4)


@pytest.mark.parametrize("variant", ["moleculestm", "graphcl"])
def test_zeros_are_as_if_there_were_no_numbers(variant):
    torch.manual_seed(0)
    tables = {"atom_vocab_sizes": [3], "bond_vocab_sizes": [5]}
    with_numbers = tiny_config(graph={**GRAPH, **tables, "gin_variant": variant}).graph_config
    without = tiny_config(graph={"molecular": False, **tables, "gin_variant": variant}).graph_config
    encoder = LlamoGraphEncoder(with_numbers).eval()
    plain = LlamoGraphEncoder(without).eval()
    missing, unknown = plain.load_state_dict(encoder.state_dict(), strict=False)
    assert not missing and all("_projection" in name for name in unknown) and len(unknown) == 3
    graph = {
        "graph_node_ids": torch.tensor([[0], [2], [1]]),
        "graph_edge_index": torch.tensor([[0, 1], [1, 0], [2, 0]]),
        "graph_edge_ids": torch.tensor([[0], [4], [1]]),
        "graph_node_counts": torch.tensor([3]),
        "graph_edge_counts": torch.tensor([3]),
    }
    zeros = {"graph_node_features": torch.zeros(3, 2), "graph_edge_features": torch.zeros(3, 1)}
    assert torch.equal(encoder(**graph, **zeros).last_hidden_state, plain(**graph).last_hidden_state)


def test_generate_gives_what_a_forward_pass_gives():
    model, processor = make()
    inputs = processor(GRAPHS, ["?"] * 3)
    answers = model.generate(**inputs, max_new_tokens=2, do_sample=False)[:, inputs["input_ids"].shape[1] :]
    assert torch.equal(answers[:, 0], logits(model, processor, GRAPHS).argmax(-1))


def test_saved_and_reloaded_answers_are_the_same(tmp_path):
    model, processor = make()
    model.save_pretrained(tmp_path)
    again = LlamoForConditionalGeneration.from_pretrained(tmp_path).eval()
    assert again.config.graph_config.num_node_features == 2
    assert torch.equal(logits(again, processor, GRAPHS), logits(model, processor, GRAPHS))


def test_all_weights_get_a_gradient_and_text_alone_a_zero():
    model, processor = make()
    model.train()
    for graphs, is_zero in ((GRAPHS, False), ([None] * 3, True)):
        model.zero_grad()
        inputs = processor(graphs, ["?"] * 3)
        model(**inputs, labels=inputs["input_ids"]).loss.backward()
        found = {name: weight.grad for name, weight in model.named_parameters() if "_projection" in name}
        assert len(found) == 3
        assert all(grad is not None and bool((grad == 0).all()) == is_zero for grad in found.values())


def test_numbers_that_are_missing_or_not_asked_for_are_refused():
    model, processor = make()
    inputs = processor(GRAPHS, ["?"] * 3)
    del inputs["graph_node_features"]
    with pytest.raises(ValueError, match=r"graph_node_features has 0 columns, graph_config.num_node_features is 2"):
        model(**inputs)
    molecules = tiny_model()
    features = {"graph_edge_features": torch.zeros(40, 3)}
    with pytest.raises(ValueError, match=r"graph_edge_features has 3 columns, graph_config.num_edge_features is 0"):
        molecules(**tiny_batch(molecules.config), **features)


def test_models_of_molecules_have_no_new_weights():
    assert not [name for name in tiny_model().state_dict() if "_projection" in name]


def test_communities_are_read_by_the_motif_queries():
    model, processor = make()
    graph = GRAPHS[1].clone()
    graph.motif_index = communities(graph)
    without = GRAPHS[1].clone()
    del without.motif_index
    assert not torch.allclose(logits(model, processor, [graph]), logits(model, processor, [without]), atol=1e-4)
