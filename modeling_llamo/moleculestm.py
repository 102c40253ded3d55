"""Graph encoders in the layout of MoleculeSTM (and OGB's GNN code it comes from), read by one table of names.

The file holds a state dict with or without a common prefix: `atom_encoder.atom_embedding_list.{column}`,
`gnns.{layer}.bond_encoder.bond_embedding_list.{column}`, `gnns.{layer}.eps`, `gnns.{layer}.mlp.{0,1,3}`,
`batch_norms.{layer}`.
"""

from configuration import LlamoGraphConfig
from modeling_llamo.encoder_weights import NameTable, Weights

# (name in MoleculeSTM, name here); {} stands for a number.
NAMES = (
    ("atom_encoder.atom_embedding_list.{}.", "atom_embedding.tables.{}."),
    ("gnns.{}.bond_encoder.bond_embedding_list.{}.", "layers.{}.bond_embedding.tables.{}."),
    ("gnns.{}.eps", "layers.{}.eps"),
    ("gnns.{}.mlp.0.", "layers.{}.up_proj."),
    ("gnns.{}.mlp.1.", "layers.{}.inner_norm."),
    ("gnns.{}.mlp.3.", "layers.{}.down_proj."),
    ("batch_norms.{}.", "layers.{}.norm."),
)
TABLE = NameTable("MoleculeSTM", "atom_encoder.atom_embedding_list.0.weight", NAMES)
translate = TABLE.translate

# Rows of the chirality table: OGB <= 1.3.5 ends with "other" (3), OGB >= 1.3.6 has one more for the tags beyond it (4).
CHIRALITY_ROWS = (4, 5)


def convert(state_dict: Weights) -> tuple[LlamoGraphConfig, Weights]:
    """Config and weights of the encoder that a MoleculeSTM state dict holds.

    Raises:
        ValueError: there is no such encoder in it, a tensor has no place, by name, or a chirality table of neither 4
            nor 5 rows.
    """
    weights = TABLE.rename(state_dict)
    sizes = TABLE.sizes(weights, atom_tables=9, bond_tables=3)
    chirality = sizes["atom_vocab_sizes"][1]
    if chirality not in CHIRALITY_ROWS:
        raise ValueError(
            f"{TABLE.both('atom_embedding.tables.1.weight')} (chirality) has {chirality} rows, expected 4 "
            "(OGB <= 1.3.5) or 5 (OGB >= 1.3.6): the feature extractor makes atoms for these only"
        )
    return LlamoGraphConfig(**sizes), weights
