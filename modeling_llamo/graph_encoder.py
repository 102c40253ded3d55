"""The graph encoder: a GIN that returns the node states of every layer. Usable alone; knows no projector and no text.

Shapes: G graphs, N atoms in the batch, E directed bonds, L layers, D width.
"""

from pathlib import Path
from typing import cast

import torch
from torch import nn
from transformers import PreTrainedModel
from transformers import initialization as init
from transformers.modeling_outputs import BaseModelOutput

from configuration import LlamoConfig, LlamoGraphConfig
from modeling_llamo import graphcl, moleculestm
from modeling_llamo.foreign_weights import read_state_dict
from modeling_llamo.gin import LAYERS, FeatureEmbedding, GINLayer, MessagePassingLayer
from modeling_llamo.packing import GraphBatch
from modeling_llamo.safe_weights import SafeWeightsMixin


class LlamoGraphEncoder(SafeWeightsMixin, PreTrainedModel):
    """Graph encoder of LLaMo (arXiv 2411.00871, section 3.1): Z(0) .. Z(L), all layers kept."""

    config: LlamoGraphConfig
    config_class = LlamoGraphConfig
    base_model_prefix = "graph_encoder"
    main_input_name = "graph_node_ids"
    input_modalities = ("graph",)  # pyright: ignore[reportAssignmentType]
    _no_split_modules = ["GINLayer", "GraphCLLayer"]
    # It has no attention: any implementation that the language model is loaded with suits it.
    _supports_sdpa = True
    _supports_flash_attn = True
    _supports_flex_attn = True
    _keys_to_ignore_on_load_unexpected = [r"^model\.(projector|language_model)\.", r"^lm_head\."]

    def __init__(self, config: LlamoGraphConfig):
        super().__init__(config)
        self.atom_embedding = FeatureEmbedding(
            config.atom_vocab_sizes, config.hidden_size, beyond_is_unspecified=config.gin_variant == "graphcl"
        )
        features = config.num_node_features
        self.node_projection = nn.Linear(features, config.hidden_size, bias=False) if features else None
        layer_class, last = LAYERS[config.gin_variant], config.num_hidden_layers - 1
        self.layers = nn.ModuleList(layer_class(config, is_last=layer == last) for layer in range(last + 1))
        self.post_init()

    @torch.no_grad()
    def _init_weights(self, module: nn.Module):
        # transformers.initialization leaves tensors alone that a checkpoint has filled: loaded weights survive.
        if isinstance(module, GINLayer):
            init.zeros_(module.eps)
        elif isinstance(module, nn.Embedding):
            init.xavier_uniform_(module.weight)
        elif isinstance(module, nn.Linear):
            init.xavier_uniform_(module.weight)
            if module.bias is not None:
                init.zeros_(module.bias)
        else:
            super()._init_weights(module)

    def get_input_embeddings(self) -> nn.Module:
        """The table of atomic numbers."""
        return self.atom_embedding.tables[0]

    def set_input_embeddings(self, value: nn.Module):
        """Replaces the table of atomic numbers."""
        self.atom_embedding.tables[0] = value

    def train(self, mode: bool = True) -> "LlamoGraphEncoder":
        """Training mode, except where the encoder is frozen: its BatchNorm statistics must not drift."""
        trainable = any(parameter.requires_grad for parameter in self.parameters())
        return cast(LlamoGraphEncoder, super().train(mode and trainable))

    def encode(self, graphs: GraphBatch) -> BaseModelOutput:
        """Node states of packed graphs; see `forward`.

        Raises:
            ValueError: features do not fit the config, or numbers do not fit float16.
        """
        self._check_features(graphs)
        edge_index = graphs.global_edge_index()
        bonds = cast(MessagePassingLayer, self.layers[0]).bond_embedding.prepare(graphs.edge_ids)  # for all layers
        levels = [self.atom_embedding(graphs.node_ids)]
        if self.node_projection is not None and graphs.node_features is not None:
            levels[0] = levels[0] + self.node_projection(graphs.node_features.to(self.node_projection.weight.dtype))
        for layer in self.layers:
            levels.append(layer(levels[-1], edge_index, bonds, graphs.edge_features))
        if levels[-1].dtype == torch.float16 and not levels[-1].isfinite().all():
            raise ValueError(
                "node states are beyond float16, whose largest number is 65,504: sums over many neighbours get large; "
                "keep the graph encoder in float32, as from_pretrained does, or use bfloat16"
            )
        return BaseModelOutput(last_hidden_state=levels[-1], hidden_states=tuple(levels))

    def _check_features(self, graphs: GraphBatch):
        wanted = {"node": self.config.num_node_features, "edge": self.config.num_edge_features}
        for name, width in wanted.items():
            features = getattr(graphs, f"{name}_features")
            got = 0 if features is None else features.shape[-1]
            if got != width:
                raise ValueError(
                    f"graph_{name}_features has {got} columns, graph_config.num_{name}_features is {width}; build both "
                    "with one config (LlamoProcessor.from_tokenizer(tokenizer, config))"
                )

    def forward(
        self,
        graph_node_ids: torch.Tensor,
        graph_edge_index: torch.Tensor,
        graph_edge_ids: torch.Tensor,
        graph_node_counts: torch.Tensor,
        graph_edge_counts: torch.Tensor,
        graph_node_features: torch.Tensor | None = None,
        graph_edge_features: torch.Tensor | None = None,
        return_dict: bool | None = None,
        **kwargs,
    ) -> BaseModelOutput | tuple:
        """Encodes packed graphs.

        Args:
            graph_node_ids: (N, 9) atom features.
            graph_edge_index: (E, 2) source and target of each directed bond, local to its molecule.
            graph_edge_ids: (E, 3) bond features.
            graph_node_counts: (G,) atoms per molecule.
            graph_edge_counts: (G,) directed bonds per molecule.
            graph_node_features: (N, F) continuous numbers of nodes, where the config has some.
            graph_edge_features: (E, F) those of edges.
            return_dict: False gives a tuple.

        Returns:
            `last_hidden_state` (N, D) and `hidden_states`, L + 1 tensors (N, D), level 0 the atom embedding.
        """
        graphs = GraphBatch(
            graph_node_ids,
            graph_edge_index,
            graph_edge_ids,
            graph_node_counts,
            graph_edge_counts,
            node_features=graph_node_features,
            edge_features=graph_edge_features,
        )
        output = self.encode(graphs)
        return output if return_dict is not False else output.to_tuple()

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path, *args, **kwargs):
        """Loads an encoder saved alone, or the encoder out of a whole LLaMo checkpoint."""
        config = kwargs.get("config")
        if config is None:
            config_dict, _ = LlamoConfig.get_config_dict(pretrained_model_name_or_path, **_hub_options(kwargs))
            if config_dict.get("model_type") != LlamoConfig.model_type:
                return super().from_pretrained(pretrained_model_name_or_path, *args, **kwargs)
            config = LlamoConfig.from_dict(config_dict)
        if not isinstance(config, LlamoConfig):
            return super().from_pretrained(pretrained_model_name_or_path, *args, **kwargs)
        # Without the mapping transformers would look for the encoder's names at the top of the whole model and, finding
        # none, return random weights.
        kwargs |= {"config": config.graph_config, "key_mapping": {r"^model\.graph_encoder\.": ""}}
        encoder = super().from_pretrained(pretrained_model_name_or_path, *args, **kwargs)
        encoder._weight_conversions = []  # pyright: ignore[reportArgumentType]  # or saving the encoder would write the whole model's names
        return encoder

    @classmethod
    def from_moleculestm(cls, path: str | Path) -> "LlamoGraphEncoder":
        """An encoder with the weights of a MoleculeSTM checkpoint (its GIN; arXiv 2212.10789), in eval mode.

        Its chirality table has 4 rows (OGB <= 1.3.5) or 5 (OGB >= 1.3.6): give the feature extractor the same
        `num_chirality_tags`, that is `encoder.config.atom_vocab_sizes[1]`.

        Args:
            path: a `.safetensors`, or a `.pt` / `.pth` / `.ckpt` that holds nothing but tensors.

        Raises:
            ValueError: it holds no such encoder, a tensor is unknown, missing or of another shape, by name, or the
                chirality table has neither 4 nor 5 rows.
        """
        config, weights = moleculestm.convert(read_state_dict(path))
        return moleculestm.TABLE.load(cls(config), weights, path).eval()

    @classmethod
    def from_graphcl(cls, path: str | Path, *, self_loop_bond_type: int = 4) -> "LlamoGraphEncoder":
        """An encoder with the weights of a GraphCL or pretrain-gnns checkpoint (arXiv 1905.12265), in eval mode.

        MolCA starts from such a file. As there, the first two atom columns and the first two bond columns are read,
        stereo in place of bond direction. Values without a row (chirality 3; stereo 3 to 5), at which MolCA stops, read
        row 0, "unspecified". Other modules' tensors in the file, such as a head, are left out.

        Args:
            path: a `.safetensors`, or a `.pt` / `.pth` / `.ckpt` that holds nothing but tensors.
            self_loop_bond_type: bond type of an atom's self-loop: 4 as in GraphCL's pre-training, 0 as in MolCA.

        Raises:
            ValueError: it holds no such encoder, a tensor is unknown, missing or of another shape, by name, or there is
                no such bond type.
        """
        config, weights = graphcl.convert(read_state_dict(path), self_loop_bond_type=self_loop_bond_type)
        return graphcl.TABLE.load(cls(config), weights, path).eval()


def _hub_options(kwargs: dict) -> dict:
    names = ("cache_dir", "force_download", "local_files_only", "token", "revision", "subfolder")
    return {name: kwargs[name] for name in names if name in kwargs}
