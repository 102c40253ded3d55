"""Tiny random models and molecules for tests, built offline."""

import torch

from configuration import LlamoConfig
from modeling_llamo import LlamoForConditionalGeneration

GRAPH_TOKEN_ID = 99
TEXT_CONFIG = {
    "model_type": "llama",
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 100,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}


def tiny_config(*, text: dict | None = None, graph: dict | None = None, **projector) -> LlamoConfig:
    """A LLaMo of a few thousand parameters."""
    return LlamoConfig(
        text_config=TEXT_CONFIG if text is None else text,
        graph_token_id=GRAPH_TOKEN_ID,
        graph_config={"hidden_size": 16, "num_hidden_layers": 2, **(graph or {})},
        projector_config={"hidden_size": 16, "mlp_depth": 2, "num_query_tokens": 2, **projector},
    )


def tiny_model(config: LlamoConfig | None = None, seed: int = 0) -> LlamoForConditionalGeneration:
    """A random model in eval mode whose BatchNorm statistics are not trivial."""
    torch.manual_seed(seed)
    model = LlamoForConditionalGeneration(config or tiny_config()).eval()
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_(std=0.3)
        elif name.endswith("running_var"):
            buffer.uniform_(0.5, 1.5)
    # Large queries and heads make answers depend on the molecule visibly.
    with torch.no_grad():
        for parameter in model.model.projector.parameters():
            parameter.mul_(2)
    return model


def random_graphs(sizes: list[int], seed: int = 0) -> dict[str, torch.Tensor]:
    """Packed random trees with the given numbers of atoms, some without motifs."""
    generator = torch.Generator().manual_seed(seed)
    atom_sizes, bond_sizes = torch.tensor([119, 4, 12, 12, 10, 6, 6, 2, 2]), torch.tensor([5, 6, 2])
    edges, edge_counts = [], []
    for size in sizes:
        bonds = [(int(torch.randint(atom, (1,), generator=generator)), atom) for atom in range(1, size)]
        edges += [pair for bond in bonds for pair in (bond, bond[::-1])]
        edge_counts.append(2 * len(bonds))
    motif_counts = [(size + 1) % 3 for size in sizes]
    num_edges = sum(edge_counts)
    return {
        "graph_node_ids": (torch.rand(sum(sizes), 9, generator=generator) * atom_sizes).long(),
        "graph_edge_index": torch.tensor(edges, dtype=torch.long).reshape(-1, 2),
        "graph_edge_ids": (torch.rand(num_edges, 3, generator=generator) * bond_sizes).long(),
        "graph_node_counts": torch.tensor(sizes),
        "graph_edge_counts": torch.tensor(edge_counts),
        "graph_motif_features": (torch.rand(sum(motif_counts), 73, generator=generator) > 0.7).float(),
        "graph_motif_counts": torch.tensor(motif_counts),
    }


def select_graphs(graphs: dict[str, torch.Tensor], chosen: list[int]) -> dict[str, torch.Tensor]:
    """Some of the packed molecules, in the order asked for."""
    by_count = {
        "graph_node_counts": ("graph_node_ids",),
        "graph_edge_counts": ("graph_edge_index", "graph_edge_ids"),
        "graph_motif_counts": ("graph_motif_features",),
    }
    picked = {}
    for counts_name, names in by_count.items():
        counts = graphs[counts_name].tolist()
        picked[counts_name] = graphs[counts_name][chosen]
        for name in names:
            parts = torch.split(graphs[name], counts)
            picked[name] = torch.cat([parts[graph] for graph in chosen])
    return picked


def prompt_rows(config: LlamoConfig, rows: list[list[int]], sizes: list[int], *, side: str = "left") -> dict:
    """Padded ids and mask for rows that name their molecules by index; each row also has a few words of its own."""
    ids = []
    for number, molecules in enumerate(rows):
        row = [1, 10 + number]
        for molecule in molecules:
            row += [20 + molecule] + [config.graph_token_id] * (config.num_graph_tokens or sizes[molecule])
        ids.append([*row, 30, 31 + number])
    longest = max(map(len, ids))
    padding = [[0] * (longest - len(row)) for row in ids]
    padded = [fill + row if side == "left" else row + fill for row, fill in zip(ids, padding, strict=True)]
    mask = [
        [0] * len(f) + [1] * len(r) if side == "left" else [1] * len(r) + [0] * len(f)
        for r, f in zip(ids, padding, strict=True)
    ]
    return {"input_ids": torch.tensor(padded), "attention_mask": torch.tensor(mask)}


def tiny_batch(config: LlamoConfig, *, side: str = "left") -> dict[str, torch.Tensor]:
    """Three rows: two molecules, one molecule, text only."""
    sizes = [5, 37, 1]
    return prompt_rows(config, [[0, 1], [2], []], sizes, side=side) | random_graphs(sizes)
