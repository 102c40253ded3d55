"""Configuration of the graph projector: the paper's multi-level projector and the projectors it is compared with."""

from typing import ClassVar, Literal

from huggingface_hub.dataclasses import strict
from transformers import PreTrainedConfig

ProjectorType = Literal["multi_level", "mlp", "mlp_concat", "mlp_max", "weighted_sum", "resampler", "qformer"]

# Projectors that turn every atom into one token, or (pooling="mean") a molecule into one token.
ATOM_PROJECTORS = ("mlp", "mlp_concat", "mlp_max", "weighted_sum")


@strict
class LlamoProjectorConfig(PreTrainedConfig):
    """Graph projector of LLaMo (arXiv 2411.00871, section 3.2); defaults are the paper's.

    Args:
        projector_type: `multi_level` is LLaMo's. The others are its comparison points: `mlp` (each atom of one encoder
            layer becomes a token), `mlp_concat` (layers concatenated), `mlp_max` (their maximum), `weighted_sum`
            (learned mix of layers), `resampler` (Perceiver resampler on one layer), `qformer` (Q-Former on one layer,
            as in MolCA).
        num_query_tokens: learned queries b per level (`multi_level`), or in all (`resampler`, `qformer`).
        num_motif_query_tokens: learned queries that read the functional groups (`multi_level`); 0 builds the
            projector without motifs.
        motif_vocab_size: numbers per functional group row.
        num_attention_heads: heads of every cross-attention.
        share_attention: one cross-attention for all levels (the released checkpoint) or one per level (the paper).
        motif_position: motif tokens before (`first`, the released checkpoint) or after (`last`, the paper) the levels.
        mlp_depth: linear layers of the MLP into the language model's width.
        hidden_act: activation between them.
        layer_norm_eps: epsilon of the LayerNorm before the MLP.
        encoder_layers: levels of node states a plain projector reads: one index for `mlp`, `resampler`, `qformer`,
            several for `mlp_concat`, `mlp_max`, `weighted_sum`. 0 is the atom embedding; negative counts from the last
            layer. None means the last layer, or all levels.
        pooling: what an MLP projector emits: one token per atom (`none`) or the mean atom as one token (`mean`).
        hidden_size: inner width of `qformer`; the others work at the encoder's width.
        num_hidden_layers: blocks of `resampler` and `qformer`.

    Raises:
        ValueError: a combination that no projector can be built from.
    """

    model_type = "llamo_projector"
    base_config_key: ClassVar[str] = "projector_config"

    projector_type: ProjectorType = "multi_level"
    num_query_tokens: int = 4
    num_motif_query_tokens: int = 4
    motif_vocab_size: int = 73
    num_attention_heads: int = 4
    share_attention: bool = False
    motif_position: Literal["first", "last"] = "last"
    mlp_depth: int = 6
    hidden_act: str = "silu"
    layer_norm_eps: float = 1e-5
    encoder_layers: int | list[int] | None = None
    pooling: Literal["none", "mean"] = "none"
    hidden_size: int = 768
    num_hidden_layers: int = 2

    def __post_init__(self, **kwargs):
        super().__post_init__(**kwargs)
        self._check_sizes()
        self._check_layers()
        if self.pooling != "none" and self.projector_type not in ATOM_PROJECTORS:
            raise ValueError(f"pooling={self.pooling!r} has no meaning for projector_type {self.projector_type!r}")

    @classmethod
    def released(cls, **kwargs) -> "LlamoProjectorConfig":
        """The layout of the released checkpoint: one shared attention, motif tokens first (the paper: neither)."""
        return cls(**{"share_attention": True, "motif_position": "first", **kwargs})

    def num_graph_tokens(self, num_levels: int) -> int | None:
        """Tokens one molecule takes in the prompt.

        Args:
            num_levels: levels of node states the encoder returns (L + 1).

        Returns:
            The number, the same for every molecule, or None for one token per atom.
        """
        if self.projector_type == "multi_level":
            return num_levels * self.num_query_tokens + self.num_motif_query_tokens
        if self.projector_type in ATOM_PROJECTORS:
            return 1 if self.pooling == "mean" else None
        return self.num_query_tokens

    def levels(self, num_levels: int) -> list[int]:
        """The levels of node states this projector reads, as non-negative indices.

        Raises:
            ValueError: a level the encoder does not have.
        """
        layers = self.encoder_layers
        if layers is None:
            reads_all = self.projector_type in ("multi_level", "mlp_concat", "mlp_max", "weighted_sum")
            layers = list(range(num_levels)) if reads_all else [num_levels - 1]
        layers = [layers] if isinstance(layers, int) else layers
        for layer in layers:
            if not -num_levels <= layer < num_levels:
                raise ValueError(
                    f"projector_config.encoder_layers has {layer}, but the encoder returns levels 0 to {num_levels - 1}"
                )
        return [layer % num_levels for layer in layers]

    def _check_sizes(self):
        for name in ("num_query_tokens", "num_attention_heads", "mlp_depth", "motif_vocab_size", "num_hidden_layers"):
            if getattr(self, name) < 1:
                raise ValueError(f"projector_config.{name} must be at least 1, got {getattr(self, name)}")
        if self.num_motif_query_tokens < 0:
            raise ValueError(
                f"projector_config.num_motif_query_tokens must not be negative, got {self.num_motif_query_tokens}"
            )
        if self.projector_type == "qformer" and self.hidden_size % self.num_attention_heads:
            raise ValueError(
                f"projector_config.hidden_size {self.hidden_size} of a qformer must be a multiple of "
                f"num_attention_heads {self.num_attention_heads}"
            )

    def _check_layers(self):
        layers = self.encoder_layers
        if layers is None:
            return
        if self.projector_type == "multi_level":
            raise ValueError(
                "projector_config.encoder_layers cannot be set for projector_type 'multi_level': it reads every level"
            )
        if isinstance(layers, list) and not layers:
            raise ValueError("projector_config.encoder_layers is empty; name at least one level or leave it None")
        several = isinstance(layers, list) and len(layers) > 1
        if several and self.projector_type in ("mlp", "resampler", "qformer"):
            raise ValueError(
                f"projector_type {self.projector_type!r} reads one encoder layer, got encoder_layers={layers}; "
                "'mlp_concat', 'mlp_max' and 'weighted_sum' read several"
            )
