"""Graph encoders in the layout of GraphCL (and pretrain-gnns, which it comes from), read by one table of names.

The file holds a state dict with or without a common prefix: `x_embedding{1,2}` (atomic number, chirality),
`gnns.{layer}.edge_embedding{1,2}` (bond type, direction), `gnns.{layer}.mlp.{0,2}`, `batch_norms.{layer}`. As in MolCA,
LLaMo's features are read: atom columns 0 and 1, bond columns 0 and 1, the latter stereo in place of direction.
"""

from configuration import LlamoGraphConfig
from modeling_llamo.encoder_weights import NameTable, Weights

# (name in GraphCL, name here); {} stands for a number.
NAMES = (
    ("x_embedding1.", "atom_embedding.tables.0."),
    ("x_embedding2.", "atom_embedding.tables.1."),
    ("gnns.{}.edge_embedding1.", "layers.{}.bond_embedding.tables.0."),
    ("gnns.{}.edge_embedding2.", "layers.{}.bond_embedding.tables.1."),
    ("gnns.{}.mlp.0.", "layers.{}.up_proj."),
    ("gnns.{}.mlp.2.", "layers.{}.down_proj."),
    ("batch_norms.{}.", "layers.{}.norm."),
)
TABLE = NameTable("GraphCL", "x_embedding1.weight", NAMES)
translate = TABLE.translate

# Values of atom column 0 (118 elements and "other") and bond column 0 (four types and "other"). They have no
# "unspecified" row to fall back on, so each needs a row of its own.
NUM_ELEMENTS, NUM_BOND_TYPES = 119, 5


def convert(state_dict: Weights, *, self_loop_bond_type: int) -> tuple[LlamoGraphConfig, Weights]:
    """Config and weights of the encoder that a GraphCL state dict holds.

    Raises:
        ValueError: there is no such encoder in it, a tensor has no place or too few rows, by name, or the self-loop
            none in the bond type table.
    """
    weights = TABLE.rename(state_dict)
    sizes = TABLE.sizes(weights, atom_tables=2, bond_tables=2)
    _check_rows("atom_embedding.tables.0.weight", sizes["atom_vocab_sizes"][0], NUM_ELEMENTS)
    _check_rows("layers.0.bond_embedding.tables.0.weight", sizes["bond_vocab_sizes"][0], NUM_BOND_TYPES)
    return LlamoGraphConfig.graphcl(self_loop_bond_type=self_loop_bond_type, **sizes), weights


def _check_rows(name: str, rows: int, needed: int):
    if rows < needed:
        raise ValueError(f"{TABLE.both(name)} has {rows} rows, expected at least {needed}, one for each value")
