"""Weights of foreign graph encoders: read from a file, renamed by a two-way table, refused by name if they do not fit.

Knows no layout; `moleculestm` and `graphcl` bring their tables of names.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

Weights = dict[str, torch.Tensor]
Encoder = TypeVar("Encoder", bound=nn.Module)


@dataclass(frozen=True)
class NameTable:
    """The names of one foreign layout beside ours.

    Attributes:
        layout: what a message calls it.
        anchor: a tensor that every encoder in this layout has; what stands before it in a file is the file's prefix.
        pairs: (how a name begins there, how it begins here); {} stands for a number.
    """

    layout: str
    anchor: str
    pairs: tuple[tuple[str, str], ...]

    def translate(self, name: str, *, reverse: bool = False) -> str | None:
        """Our name for their tensor, or the other way round; None where the table has none."""
        for pair in self.pairs:
            theirs, ours = reversed(pair) if reverse else pair
            pattern = re.escape(theirs).replace(re.escape("{}"), r"(\d+)")
            match = re.match(pattern, name)
            if match:
                return ours.format(*match.groups()) + name[match.end() :]
        return None

    def find_prefix(self, names: Iterable[str]) -> str:
        """What stands before the encoder's own names in a file.

        Raises:
            ValueError: there is no such encoder among the names, or more than one.
        """
        names = sorted(names)
        prefixes = [
            name.removesuffix(self.anchor) for name in names if name == self.anchor or name.endswith(f".{self.anchor}")
        ]
        if not prefixes:
            raise ValueError(f"no {self.layout} encoder: no {self.anchor} among {names[:5]}")
        if len(prefixes) > 1:
            raise ValueError(f"{len(prefixes)} {self.layout} encoders, under {prefixes}: keep the tensors of one")
        return prefixes[0]

    def rename(self, state_dict: Weights) -> Weights:
        """The encoder's tensors under our names; tensors under another prefix (heads, other modules) are left out.

        Raises:
            ValueError: there is not one such encoder, or a tensor of it has no place here, by name.
        """
        prefix = self.find_prefix(state_dict)
        weights, unknown = {}, []
        for name, tensor in state_dict.items():
            if name.startswith(prefix):
                ours = self.translate(name.removeprefix(prefix))
                if ours is None or not isinstance(tensor, torch.Tensor):
                    unknown.append(name)
                else:
                    weights[ours] = tensor
        if unknown:
            raise ValueError(f"tensors without a place in LlamoGraphEncoder: {', '.join(sorted(unknown))}")
        return weights

    def both(self, ours: str) -> str:
        """A tensor as a message names it: there and here."""
        return f"{self.translate(ours, reverse=True)} -> {ours}"

    def sizes(self, weights: Weights, *, atom_tables: int, bond_tables: int) -> dict[str, Any]:
        """The sizes of the encoder that renamed weights make, as options of `LlamoGraphConfig`.

        Raises:
            ValueError: a tensor that tells a size is missing or no matrix, by name.
        """
        inner, width = self._matrix_shape(weights, "layers.0.up_proj.weight")
        atoms = (f"atom_embedding.tables.{column}.weight" for column in range(atom_tables))
        bonds = (f"layers.0.bond_embedding.tables.{column}.weight" for column in range(bond_tables))
        return {
            "hidden_size": width,
            "intermediate_size": inner,
            "num_hidden_layers": len({name.split(".")[1] for name in weights if name.startswith("layers.")}),
            "atom_vocab_sizes": [self._matrix_shape(weights, name)[0] for name in atoms],
            "bond_vocab_sizes": [self._matrix_shape(weights, name)[0] for name in bonds],
        }

    def _matrix_shape(self, weights: Weights, name: str) -> tuple[int, int]:
        if name not in weights:
            raise ValueError(f"the {self.layout} encoder lacks tensors: {self.both(name)}")
        shape = tuple(weights[name].shape)
        if len(shape) != 2:
            raise ValueError(f"{self.both(name)} has shape {shape}, expected a matrix")
        return shape

    def load(self, encoder: Encoder, weights: Weights, path: str | Path) -> Encoder:
        """The encoder, filled with renamed weights.

        Raises:
            ValueError: a tensor is missing, unknown or of another shape, by name.
        """
        expected = encoder.state_dict()
        if missing := sorted(expected.keys() - weights.keys()):
            raise ValueError(f"{path} lacks tensors of the encoder: {', '.join(map(self.both, missing))}")
        if unknown := sorted(weights.keys() - expected.keys()):
            raise ValueError(f"{path}: tensors without a place in the encoder: {', '.join(map(self.both, unknown))}")
        for name, tensor in weights.items():
            if tensor.shape != expected[name].shape:
                got, wanted = tuple(tensor.shape), tuple(expected[name].shape)
                raise ValueError(f"{path}: {self.both(name)} has shape {got}, expected {wanted}")
        encoder.load_state_dict(weights)
        return encoder
