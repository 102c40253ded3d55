"""Configuration of the graph encoder: a GIN over atoms and bonds, or over any nodes and edges."""

from dataclasses import field
from typing import ClassVar, Literal

from huggingface_hub.dataclasses import strict
from transformers import PreTrainedConfig

# Rows of the embedding tables, one per feature column, in the order atomic number, chirality, degree, formal charge,
# hydrogens, radical electrons, hybridisation, aromatic, in ring. These are the sizes of the MoleculeSTM encoder that
# LLaMo starts from; its chirality table has 4 rows, that of encoders trained with OGB >= 1.3.6 has 5. The feature
# extractor must be given the encoder's number (`num_chirality_tags`).
ATOM_VOCAB_SIZES = (119, 4, 12, 12, 10, 6, 6, 2, 2)
# Bond type, stereo, conjugated.
BOND_VOCAB_SIZES = (5, 6, 2)
# The tables of GraphCL and pretrain-gnns: atomic number (119 = mask), chirality; bond type (4 = self-loop, 5 = mask),
# bond direction.
GRAPHCL_ATOM_VOCAB_SIZES = (120, 3)
GRAPHCL_BOND_VOCAB_SIZES = (6, 3)
SELF_LOOP_BOND_TYPE = 4


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
        gin_variant: the kind of layer: `moleculestm` (learnable epsilon, ReLU in the message, BatchNorm in the MLP) or
            `graphcl` (self-loops, neither of these), the encoder of MolCA. A `graphcl` encoder has fewer and smaller
            tables: it reads the first columns only, and chirality and stereo beyond their tables read row 0,
            "unspecified".
        self_loop_bond_type: row of the bond type table that a self-loop reads, for `graphcl` only: 4 in GraphCL's
            pre-training, 0 in MolCA's code.
        molecular: nodes are atoms and edges bonds, in the columns that the processor makes of a molecule. False for any
            other graphs, whose columns are their maker's: `atom_vocab_sizes` and `bond_vocab_sizes` are then those of
            nodes and edges, `[1]` where they have no categories.
        num_node_features: continuous numbers of a node, embedded by a linear map and added to the categories'
            embedding; only where `molecular` is False.
        num_edge_features: the same of an edge, with a map for each layer.

    Raises:
        ValueError: a size below 1, a dropout outside [0, 1), no feature column, a self-loop outside the bond type
            table or set for a variant without self-loops, or continuous numbers of molecules.
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
    gin_variant: Literal["moleculestm", "graphcl"] = "moleculestm"
    self_loop_bond_type: int = SELF_LOOP_BOND_TYPE
    molecular: bool = True
    num_node_features: int = 0
    num_edge_features: int = 0

    def __post_init__(self, **kwargs):
        super().__post_init__(**kwargs)
        if self.intermediate_size is None:
            self.intermediate_size = 2 * self.hidden_size
        self._check_sizes()
        self._check_self_loop()
        self._check_features()

    @classmethod
    def graphcl(cls, **kwargs) -> "LlamoGraphConfig":
        """The encoder of GraphCL (arXiv 2010.13902), which MolCA starts from."""
        tables = {
            "atom_vocab_sizes": list(GRAPHCL_ATOM_VOCAB_SIZES),
            "bond_vocab_sizes": list(GRAPHCL_BOND_VOCAB_SIZES),
        }
        return cls(**{"gin_variant": "graphcl", **tables, **kwargs})

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

    def _check_self_loop(self):
        row, rows = self.self_loop_bond_type, self.bond_vocab_sizes[0]
        if self.gin_variant == "graphcl" and not 0 <= row < rows:
            raise ValueError(
                f"graph_config.self_loop_bond_type must be a row of the bond type table, 0 to {rows - 1}, got {row}"
            )
        if self.gin_variant != "graphcl" and row != SELF_LOOP_BOND_TYPE:
            raise ValueError(
                f"graph_config.self_loop_bond_type={row} has no meaning for gin_variant {self.gin_variant!r}: it "
                "has no self-loops; leave it out"
            )

    def _check_features(self):
        for name in ("num_node_features", "num_edge_features"):
            number = getattr(self, name)
            if number < 0:
                raise ValueError(f"graph_config.{name} must not be negative, got {number}")
            if number and self.molecular:
                raise ValueError(
                    f"graph_config.{name}={number} needs molecular=False: the features of a molecule are categories"
                )
