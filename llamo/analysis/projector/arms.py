"""Which projectors are compared. Names and settings only."""

from dataclasses import replace

from llamo.analysis.laboratory.arm import SMALL, Arm

OURS = "multi-level"
# As many tokens as the multi-level projector has with the paper's encoder: 6 levels and the motifs, 4 each.
TOKENS = 28

# The paper's table, by its names; then what the paper does not have.
TABLE = (
    Arm("no graph, SMILES", view="smiles"),
    Arm("MLP, layer 1", {"projector_type": "mlp", "encoder_layers": 1}),
    Arm("MLP, last layer", {"projector_type": "mlp"}),
    Arm("MLP, concatenated", {"projector_type": "mlp_concat"}),
    Arm("resampler", {"projector_type": "resampler", "num_query_tokens": TOKENS}),
    Arm("multi-level, no motifs", {"num_motif_query_tokens": 0}),
    Arm(OURS),
)
MORE = (
    Arm("nothing", view="neither"),
    Arm("MLP, maximum of layers", {"projector_type": "mlp_max"}),
    Arm("MLP, weighted layers", {"projector_type": "weighted_sum"}),
    Arm("Q-Former", {"projector_type": "qformer", "num_query_tokens": TOKENS, "hidden_size": SMALL.graph_width}),
)
SHARED = "multi-level, shared attention"
# Queries per level and of the motifs; 4 is the paper's, and multi-level itself.
QUERIES = (1, 2, 4, 8)


def queries_name(queries: int) -> str:
    """Name of the arm with so many queries per level."""
    return OURS if queries == 4 else f"multi-level, {queries} per level"


def all_arms(seeds: int, steps: int, *, table_only: bool = False) -> list[Arm]:
    """Every arm with every seed: those of the paper's table, then the others."""
    shared = Arm(SHARED, {"share_attention": True})
    counted = [
        Arm(queries_name(number), {"num_query_tokens": number, "num_motif_query_tokens": number})
        for number in QUERIES
        if number != 4
    ]
    groups = [TABLE] if table_only else [TABLE, MORE, (shared, *counted)]
    return [
        replace(arm, seed=seed, steps=steps, base_steps=0, size=SMALL)
        for group in groups
        for seed in range(seeds)
        for arm in group
    ]
