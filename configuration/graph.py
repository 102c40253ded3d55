"""Configuration of the graph encoder: a GIN over atoms and bonds with categorical features."""

from dataclasses import field
from typing import ClassVar

from huggingface_hub.dataclasses import strict
from transformers import PreTrainedConfig

# Rows of the embedding tables, one per feature column, in the order atomic number, chirality, degree, formal charge,
# hydrogens, radical electrons, hybridisation, aromatic, in ring. These are the sizes of the MoleculeSTM encoder that
# LLaMo starts from; its chirality table has 4 rows.
ATOM_VOCAB_SIZES = (119, 4, 12, 12, 10, 6, 6, 2, 2)
# Bond type, stereo, conjugated.
BOND_VOCAB_SIZES = (5, 6, 2)


@strict
class LlamoGraphConfig(PreTrainedConfig):
    """Graph Isomorphism Network of LLaMo (arXiv 2411.00871, section 3.1); defaults are the paper's.

    Args:
        hidden_size: width of node states.
        intermediate_size: inner width of the update MLP of one layer; None means twice `hidden_size`.
        num_hidden_layers: number L of GIN layers; the encoder returns L + 1 levels of node states.
        dropout: probability of dropping a node feature after each layer.
        atom_vocab_sizes: rows of the embedding table of each atom feature column.
        bond_vocab_sizes: rows of the embedding table of each bond feature column.
        batch_norm_eps: epsilon of every BatchNorm.
        batch_norm_momentum: share of the new batch in the running statistics.

    Raises:
        ValueError: a size below 1, a dropout outside [0, 1), or no feature column.
    """

    model_type = "llamo_graph"
    base_config_key: ClassVar[str] = "graph_config"

    hidden_size: int = 300
    intermediate_size: int | None = None
    num_hidden_layers: int = 5
    dropout: float = 0.0
    atom_vocab_sizes: list[int] = field(default_factory=lambda: list(ATOM_VOCAB_SIZES))
    bond_vocab_sizes: list[int] = field(default_factory=lambda: list(BOND_VOCAB_SIZES))
    batch_norm_eps: float = 1e-5
    batch_norm_momentum: float = 0.1

    def __post_init__(self, **kwargs):
        super().__post_init__(**kwargs)
        if self.intermediate_size is None:
            self.intermediate_size = 2 * self.hidden_size
        self._check_sizes()

    @property
    def num_levels(self) -> int:
        """Levels of node states the encoder returns: the atom embedding and every layer (L + 1)."""
        return self.num_hidden_layers + 1

    def _check_sizes(self):
        for name in ("hidden_size", "num_hidden_layers", "intermediate_size"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"graph_config.{name} must be at least 1, got {value}")
        for name in ("atom_vocab_sizes", "bond_vocab_sizes"):
            sizes = getattr(self, name)
            if not sizes or min(sizes) < 1:
                raise ValueError(f"graph_config.{name} must list at least one table of at least one row, got {sizes}")
        if not 0.0 <= self.dropout < 1.0:
            raise ValueError(f"graph_config.dropout must be in [0, 1), got {self.dropout}")
