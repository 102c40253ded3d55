"""Graph encoders in the layout of MoleculeSTM (and OGB's GNN code it comes from), read by one table of names.

The file holds a state dict with or without a common prefix: `atom_encoder.atom_embedding_list.{column}`,
`gnns.{layer}.bond_encoder.bond_embedding_list.{column}`, `gnns.{layer}.eps`, `gnns.{layer}.mlp.{0,1,3}`,
`batch_norms.{layer}`.
"""

import re
from pathlib import Path

import torch
from safetensors.torch import load_file

from configuration import LlamoGraphConfig

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


def translate(name: str, *, reverse: bool = False) -> str | None:
    """A tensor's name here for its name in MoleculeSTM, or the other way round; None where the table has none."""
    for pair in NAMES:
        theirs, ours = reversed(pair) if reverse else pair
        pattern = re.escape(theirs).replace(re.escape("{}"), r"(\d+)")
        match = re.match(pattern, name)
        if match:
            return ours.format(*match.groups()) + name[match.end() :]
    return None


def read_state_dict(path: str | Path) -> dict[str, torch.Tensor]:
    """Tensors of a `.safetensors` file or of a pickle that holds nothing but tensors."""
    if str(path).endswith(".safetensors"):
        return load_file(path)
    loaded = torch.load(path, map_location="cpu", weights_only=True)
    return loaded.get("state_dict", loaded)


def convert(state_dict: dict[str, torch.Tensor]) -> tuple[LlamoGraphConfig, dict[str, torch.Tensor]]:
    """Config and weights of the encoder that a MoleculeSTM state dict holds.

    Raises:
        ValueError: there is no such encoder in it, or a tensor has no place, by name.
    """
    anchor = next((name for name in state_dict if "atom_encoder.atom_embedding_list.0." in name), None)
    if anchor is None:
        raise ValueError(f"no MoleculeSTM encoder: no atom_encoder.atom_embedding_list among {sorted(state_dict)[:5]}")
    prefix = anchor[: anchor.index("atom_encoder.")]
    weights, unknown = {}, []
    for name, tensor in state_dict.items():
        if name.startswith(prefix):
            ours = translate(name.removeprefix(prefix))
            if ours is None:
                unknown.append(name)
            else:
                weights[ours] = tensor
    if unknown:
        raise ValueError(f"tensors without a place in LlamoGraphEncoder: {', '.join(sorted(unknown))}")
    return _config_of(weights), weights


def _config_of(weights: dict[str, torch.Tensor]) -> LlamoGraphConfig:
    layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("layers."))
    inner, width = weights["layers.0.up_proj.weight"].shape
    return LlamoGraphConfig(
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        atom_vocab_sizes=_table_sizes(weights, "atom_embedding.tables"),
        bond_vocab_sizes=_table_sizes(weights, "layers.0.bond_embedding.tables"),
    )


def _table_sizes(weights: dict[str, torch.Tensor], tables: str) -> list[int]:
    sizes = []
    while (table := weights.get(f"{tables}.{len(sizes)}.weight")) is not None:
        sizes.append(table.shape[0])
    return sizes
