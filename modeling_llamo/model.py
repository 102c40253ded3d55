"""LLaMo: graph encoder, projector and causal language model as one transformers model.

Knows tensors only: no RDKit, no tokenizer.

Shapes: B samples, T text tokens, G graphs in the batch, N atoms, E directed bonds, M motifs, K graph tokens,
d text width.
"""

from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel
from transformers import initialization as init
from transformers.cache_utils import Cache
from transformers.modeling_utils import local_torch_dtype, slice_logits_to_keep
from transformers.utils.deprecation import deprecate_kwarg
from transformers.utils.generic import can_return_tuple
from transformers.utils.import_utils import torch_compilable_check

from configuration import LlamoConfig
from modeling_llamo.components import assemble
from modeling_llamo.generation import LlamoGenerationMixin, nothing_read
from modeling_llamo.graph_encoder import LlamoGraphEncoder
from modeling_llamo.isolation import keep_samples_apart
from modeling_llamo.loss import labelled_loss
from modeling_llamo.outputs import LlamoCausalLMOutputWithPast, LlamoGraphFeatures, LlamoModelOutputWithPast
from modeling_llamo.packing import GraphBatch
from modeling_llamo.projector import build_projector
from modeling_llamo.projector.initialisation import init_projector_module
from modeling_llamo.safe_weights import SafeWeightsMixin
from modeling_llamo.taking_part import must_take_part, take_part
from modeling_llamo.text import build_decoder, build_head, embedding_name, embedding_width, rule_out, transform_logits

_HEAD = r"^lm_head\."  # what a whole checkpoint holds beyond `LlamoModel`


class LlamoPreTrainedModel(SafeWeightsMixin, PreTrainedModel):
    """Capabilities and weight initialisation shared by LLaMo's models."""

    config: LlamoConfig
    config_class = LlamoConfig
    base_model_prefix = "model"
    input_modalities = ("graph", "text")  # pyright: ignore[reportAssignmentType]
    supports_gradient_checkpointing = True
    _skip_keys_device_placement = ["cache"]
    _no_split_modules = ["GINLayer", "MultiLevelProjector"]
    # As in the released checkpoint: BatchNorm statistics and the projector's products keep their precision.
    _keep_in_fp32_modules_strict = {"graph_encoder", "projector"}
    _supports_flash_attn = True
    _supports_sdpa = True
    _supports_flex_attn = True
    _supports_attention_backend = True
    _can_compile_fullgraph = True

    @torch.no_grad()
    def _init_weights(self, module: nn.Module):
        if init_projector_module(module):
            return
        if isinstance(module, nn.Linear) and module is getattr(self, "lm_head", None):
            init.normal_(module.weight, std=getattr(self.config.text_config, "initializer_range", None) or 0.02)
            if module.bias is not None:
                init.zeros_(module.bias)
            return
        super()._init_weights(module)


class LlamoModel(LlamoPreTrainedModel):
    """Graph encoder, projector and decoder, without a language-modelling head (arXiv 2411.00871, figure 2)."""

    _keys_to_ignore_on_load_unexpected = [_HEAD]

    def __init__(self, config: LlamoConfig):
        super().__init__(config)
        with local_torch_dtype(torch.float32):
            self.graph_encoder = LlamoGraphEncoder._from_config(config.graph_config)
        # What a part alone may leave out of a whole checkpoint, `post_init` would let the whole leave out too.
        self.graph_encoder._keys_to_ignore_on_load_unexpected = None
        self.language_model = build_decoder(config.text_config)
        with local_torch_dtype(torch.float32):
            self.projector = build_projector(config, embedding_width(self.language_model))
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        """The token embedding of the language model."""
        return self.language_model.get_input_embeddings()

    def set_input_embeddings(self, value: nn.Module):
        """Replaces the token embedding of the language model."""
        self.language_model.set_input_embeddings(value)

    @can_return_tuple
    def get_graph_features(
        self,
        graph_node_ids: torch.Tensor,
        graph_edge_index: torch.Tensor,
        graph_edge_ids: torch.Tensor,
        graph_node_counts: torch.Tensor,
        graph_edge_counts: torch.Tensor,
        graph_motif_features: torch.Tensor | None = None,
        graph_motif_counts: torch.Tensor | None = None,
        graph_node_features: torch.Tensor | None = None,
        graph_edge_features: torch.Tensor | None = None,
        **kwargs,
    ) -> LlamoGraphFeatures:
        """Encodes packed molecules and projects them to graph tokens.

        Args:
            graph_node_ids: (N, 9) atom features.
            graph_edge_index: (E, 2) source and target of each directed bond, local to its molecule.
            graph_edge_ids: (E, 3) bond features.
            graph_node_counts: (G,) atoms per molecule.
            graph_edge_counts: (G,) directed bonds per molecule.
            graph_motif_features: (M, 73) functional groups.
            graph_motif_counts: (G,) functional groups per molecule.
            graph_node_features: (N, F) continuous numbers of nodes that are no atoms.
            graph_edge_features: (E, F) those of edges.
        """
        graphs = GraphBatch(
            node_ids=graph_node_ids,
            edge_index=graph_edge_index,
            edge_ids=graph_edge_ids,
            node_counts=graph_node_counts,
            edge_counts=graph_edge_counts,
            motif_features=graph_motif_features,
            motif_counts=graph_motif_counts,
            node_features=graph_node_features,
            edge_features=graph_edge_features,
        )
        encoded = self.graph_encoder(  # called as a module, so that hooks, FSDP and `graph_encoder.compile()` take part
            graph_node_ids,
            graph_edge_index,
            graph_edge_ids,
            graph_node_counts,
            graph_edge_counts,
            graph_node_features=graph_node_features,
            graph_edge_features=graph_edge_features,
        )
        return LlamoGraphFeatures(
            last_hidden_state=encoded.last_hidden_state,
            pooler_output=self.projector(encoded.hidden_states, graphs),
            hidden_states=encoded.hidden_states,
        )

    def placeholders_in_embeddings(self, inputs_embeds: torch.Tensor) -> torch.Tensor:
        """(B, T) mask of positions that carry the embedding of `<graph>`, where ids are not at hand."""
        graph_token = torch.tensor(self.config.graph_token_id, device=inputs_embeds.device)
        return (inputs_embeds == self.get_input_embeddings()(graph_token)).all(-1)

    def get_placeholder_mask(
        self, input_ids: torch.Tensor | None, inputs_embeds: torch.Tensor, num_graph_tokens: int
    ) -> torch.Tensor:
        """(B, T, 1) mask of `<graph>` positions.

        Raises:
            ValueError: their number is not the number of graph tokens.
        """
        if input_ids is None:
            mask = self.placeholders_in_embeddings(inputs_embeds)
        else:
            mask = input_ids == self.config.graph_token_id
        num_placeholders = mask.sum()
        torch_compilable_check(
            num_placeholders == num_graph_tokens,
            lambda: (
                f"the prompt has {int(num_placeholders)} <graph> placeholders (id {self.config.graph_token_id}), but "
                f"the molecules give {num_graph_tokens} graph tokens; build both with LlamoProcessor"
            ),
        )
        return mask.unsqueeze(-1)

    def merge_graphs(
        self, input_ids: torch.Tensor | None, inputs_embeds: torch.Tensor, features: LlamoGraphFeatures | None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Puts graph tokens where the placeholders are; gives the embeddings (B, T, d) and the tokens (all, d)."""
        if features is None:
            return inputs_embeds, None
        projected = features.pooler_output
        tokens = projected.flatten(0, 1) if isinstance(projected, torch.Tensor) else torch.cat(tuple(projected or ()))
        tokens = tokens.to(inputs_embeds.device, inputs_embeds.dtype)
        mask = self.get_placeholder_mask(input_ids, inputs_embeds, tokens.shape[0])
        return inputs_embeds.masked_scatter(mask, tokens), tokens

    @can_return_tuple
    @deprecate_kwarg("past_key_values", "5.40.0", new_name="cache")
    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        position_ids: torch.Tensor | None = None,
        cache: Cache | None = None,
        inputs_embeds: torch.Tensor | None = None,
        graph_node_ids: torch.Tensor | None = None,
        graph_edge_index: torch.Tensor | None = None,
        graph_edge_ids: torch.Tensor | None = None,
        graph_node_counts: torch.Tensor | None = None,
        graph_edge_counts: torch.Tensor | None = None,
        graph_motif_features: torch.Tensor | None = None,
        graph_motif_counts: torch.Tensor | None = None,
        graph_node_features: torch.Tensor | None = None,
        graph_edge_features: torch.Tensor | None = None,
        mm_encoder_outputs: dict | None = None,
        **kwargs: Any,
    ) -> LlamoModelOutputWithPast:
        """Runs the decoder on text in which placeholders are replaced by graph tokens; see `get_graph_features`.

        `mm_encoder_outputs={"graph": features}` passes molecules that are encoded already. `position_ids` that begin
        anew at 0, without `attention_mask` and `cache`, are samples packed into one row (`LlamoPackingCollator`).
        """
        if (input_ids is None) == (inputs_embeds is None):
            raise ValueError("pass exactly one of input_ids or inputs_embeds")
        features = (mm_encoder_outputs or {}).get("graph")
        if graph_node_ids is not None:
            if features is not None:
                raise ValueError("pass either graph tensors or mm_encoder_outputs['graph'], not both")
            graphs: dict[str, Any] = {
                "graph_node_ids": graph_node_ids,
                "graph_edge_index": graph_edge_index,
                "graph_edge_ids": graph_edge_ids,
                "graph_node_counts": graph_node_counts,
                "graph_edge_counts": graph_edge_counts,
                "graph_motif_features": graph_motif_features,
                "graph_motif_counts": graph_motif_counts,
                "graph_node_features": graph_node_features,
                "graph_edge_features": graph_edge_features,
            }
            features = self.get_graph_features(**graphs, return_dict=True)
        embeddings = self.get_input_embeddings()(input_ids) if inputs_embeds is None else inputs_embeds
        if features is None and input_ids is not None and nothing_read(cache):
            self.get_placeholder_mask(input_ids, embeddings, 0)  # a prompt that lost its molecules is refused
        embeddings, graph_tokens = self.merge_graphs(input_ids, embeddings, features)
        if features is None and must_take_part(self):
            embeddings = take_part(self, embeddings)
        text = {"attention_mask": attention_mask, "position_ids": position_ids, "cache": cache}
        kwargs = keep_samples_apart(self.language_model, kwargs, **text)
        outputs = self.language_model(inputs_embeds=embeddings, **text, **kwargs)
        return LlamoModelOutputWithPast(
            last_hidden_state=outputs[0],
            cache=getattr(outputs, "cache", None),
            hidden_states=getattr(outputs, "hidden_states", None),
            attentions=getattr(outputs, "attentions", None),
            graph_hidden_states=graph_tokens,
        )


class LlamoForConditionalGeneration(LlamoPreTrainedModel, LlamoGenerationMixin):
    """LLaMo with the language model's own head: answers in text about molecules and text.

    Attributes:
        loss_only: default of `forward`'s `loss_only` in training mode, so that a plain `Trainer` can have it.
        loss_chunk_size: positions whose logits exist at a time with `loss_only`. Ranks may differ in how often they
            call the head; where that is not allowed (DeepSpeed ZeRO-3), set it above any number of labels.
    """

    loss_only: bool = False
    loss_chunk_size: int = 1024
    _tp_plan = {"lm_head": "colwise_gather_output"}
    # The embedding's real name depends on the text model; __init__ sets it per instance.
    _tied_weights_keys = {"lm_head.weight": "model.language_model.embed_tokens.weight"}

    def __init__(self, config: LlamoConfig):
        super().__init__(config)
        self.model = LlamoModel(config)
        self.lm_head = build_head(config.text_config)
        tied = f"model.language_model.{embedding_name(self.model.language_model)}.weight"
        self._tied_weights_keys = {"lm_head.weight": tied}
        self.post_init()
        self._keys_to_ignore_on_load_unexpected = set(self._keys_to_ignore_on_load_unexpected or ()) - {_HEAD}

    @classmethod
    def from_components(
        cls,
        text_model,
        graph_encoder=None,
        projector_config=None,
        *,
        graph_token_id: int | None = None,
    ) -> "LlamoForConditionalGeneration":
        """A new model around a pretrained language model and, if given, a pretrained encoder; the projector is fresh.

        Args:
            text_model: a causal language model of transformers, or a path or Hub id of one. Its weights are taken over,
                not copied.
            graph_encoder: a `LlamoGraphEncoder`, a path or Hub id of one, a `LlamoGraphConfig`, or None for a fresh
                one.
            projector_config: a `LlamoProjectorConfig` or its dict; None is the paper's.
            graph_token_id: id of `<graph>` in the tokenizer (`processor.graph_token_id`); None appends a new id
                behind the model's vocabulary. The embeddings are enlarged where the id is beyond them.

        Raises:
            ValueError: the parts do not fit together (see `LlamoConfig`).
        """
        return assemble(cls, text_model, graph_encoder, projector_config, graph_token_id)

    def get_input_embeddings(self) -> nn.Module:
        """The token embedding of the language model."""
        return self.model.get_input_embeddings()

    def set_input_embeddings(self, value: nn.Module):
        """Replaces the token embedding of the language model."""
        self.model.set_input_embeddings(value)

    def get_output_embeddings(self) -> nn.Module:
        """The language-modelling head."""
        return self.lm_head

    def set_output_embeddings(self, new_embeddings: nn.Module):
        """Replaces the language-modelling head."""
        self.lm_head = new_embeddings

    def get_graph_features(self, *args, **kwargs) -> LlamoGraphFeatures:
        """See `LlamoModel.get_graph_features`."""
        return self.model.get_graph_features(*args, **kwargs)

    def placeholders_in_embeddings(self, inputs_embeds: torch.Tensor) -> torch.Tensor:
        """See `LlamoModel.placeholders_in_embeddings`."""
        return self.model.placeholders_in_embeddings(inputs_embeds)

    def get_placeholder_mask(self, *args, **kwargs) -> torch.Tensor:
        """See `LlamoModel.get_placeholder_mask`."""
        return self.model.get_placeholder_mask(*args, **kwargs)

    @can_return_tuple
    @deprecate_kwarg("past_key_values", "5.40.0", new_name="cache")
    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        position_ids: torch.Tensor | None = None,
        cache: Cache | None = None,
        inputs_embeds: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
        logits_to_keep: int | torch.Tensor = 0,
        graph_node_ids: torch.Tensor | None = None,
        graph_edge_index: torch.Tensor | None = None,
        graph_edge_ids: torch.Tensor | None = None,
        graph_node_counts: torch.Tensor | None = None,
        graph_edge_counts: torch.Tensor | None = None,
        graph_motif_features: torch.Tensor | None = None,
        graph_motif_counts: torch.Tensor | None = None,
        graph_node_features: torch.Tensor | None = None,
        graph_edge_features: torch.Tensor | None = None,
        mm_encoder_outputs: dict | None = None,
        loss_only: bool | None = None,
        **kwargs: Any,
    ) -> LlamoCausalLMOutputWithPast:
        """Next-token logits (B, T, vocabulary), and the loss where `labels` are given (-100 is ignored).

        Graph inputs as in `LlamoModel.get_graph_features`. `loss_only` gives the same loss from labelled positions
        alone, without `logits`: the largest tensors of a training step then never exist.
        """
        outputs = self.model(
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            cache=cache,
            inputs_embeds=inputs_embeds,
            graph_node_ids=graph_node_ids,
            graph_edge_index=graph_edge_index,
            graph_edge_ids=graph_edge_ids,
            graph_node_counts=graph_node_counts,
            graph_edge_counts=graph_edge_counts,
            graph_motif_features=graph_motif_features,
            graph_motif_counts=graph_motif_counts,
            graph_node_features=graph_node_features,
            graph_edge_features=graph_edge_features,
            mm_encoder_outputs=mm_encoder_outputs,
            return_dict=True,
            **kwargs,
        )
        if loss_only or (loss_only is None and self.loss_only and self.training and labels is not None):
            loss, logits = self._labelled_loss(outputs.last_hidden_state, labels, **kwargs), None
        else:
            loss, logits = self._loss_and_logits(outputs.last_hidden_state, labels, logits_to_keep, **kwargs)
        return LlamoCausalLMOutputWithPast(
            loss=loss,
            logits=logits,
            cache=outputs.cache,
            hidden_states=outputs.hidden_states,
            attentions=outputs.attentions,
            graph_hidden_states=outputs.graph_hidden_states,
        )

    def _loss_and_logits(
        self, hidden_states: torch.Tensor, labels: torch.Tensor | None, logits_to_keep: int | torch.Tensor, **kwargs
    ) -> tuple[torch.Tensor | None, torch.Tensor]:
        kept = slice_logits_to_keep(hidden_states, logits_to_keep)
        logits = transform_logits(self.lm_head(kept), self.config.text_config)
        logits = rule_out(logits, self.config.graph_token_id)
        if labels is None:
            return None, logits
        vocab_size = self.config.text_config.vocab_size
        return self.loss_function(logits=logits, labels=labels, vocab_size=vocab_size, **kwargs), logits

    def _labelled_loss(self, hidden_states: torch.Tensor, labels: torch.Tensor | None, **kwargs) -> torch.Tensor:
        if labels is None:
            raise ValueError("loss_only needs labels; pass them, or leave loss_only off to get logits")
        own = {"graph_token_id": self.config.graph_token_id, "chunk_size": self.loss_chunk_size}
        return labelled_loss(hidden_states, labels, self.lm_head, self.config.text_config, **own, **kwargs)
