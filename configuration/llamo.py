"""Configuration of the whole model: graph encoder, projector and any causal language model of transformers."""

from typing import TYPE_CHECKING, Any, ClassVar

from huggingface_hub.dataclasses import strict
from transformers import AutoConfig, PreTrainedConfig
from transformers.configuration_utils import SubConfigSpec

from configuration.graph import LlamoGraphConfig
from configuration.projector import LlamoProjectorConfig

# The projectors whose attention works at the encoder's width, which the heads must divide.
_ENCODER_WIDTH_ATTENTION = ("multi_level", "resampler")


@strict
class LlamoConfig(PreTrainedConfig):
    """LLaMo (arXiv 2411.00871): GIN, multi-level graph projector, causal language model.

    `LlamoConfig()` is the paper's generalist (Llama-2-7b with `<pad>` and `<graph>` appended to its 32,000 tokens) and
    builds offline.

    Args:
        graph_config: the graph encoder, a `LlamoGraphConfig` or its dict.
        projector_config: the projector, a `LlamoProjectorConfig` or its dict.
        text_config: any text config of transformers, or its dict with a `model_type`.
        graph_token_id: id of the placeholder token `<graph>` that is replaced by graph tokens.
        tie_word_embeddings: taken from `text_config`.

    Raises:
        ValueError: a placeholder outside the vocabulary, heads that do not divide the width, a level that is not there.
    """

    model_type = "llamo"
    sub_configs_defaults: ClassVar[dict[str, SubConfigSpec]] = {
        "graph_config": SubConfigSpec(config_class=LlamoGraphConfig),
        "projector_config": SubConfigSpec(config_class=LlamoProjectorConfig),
        "text_config": SubConfigSpec(config_class=AutoConfig, model_type="llama", init_kwargs={"vocab_size": 32002}),
    }
    keys_to_ignore_at_inference: ClassVar[list[str]] = ["cache", "graph_hidden_states"]

    if TYPE_CHECKING:  # given as a config, a dict or None; read as a config
        graph_config: Any = None
        projector_config: Any = None
        text_config: Any = None
    else:
        graph_config: dict | PreTrainedConfig | None = None
        projector_config: dict | PreTrainedConfig | None = None
        text_config: dict | PreTrainedConfig | None = None
    graph_token_id: int = 32001
    tie_word_embeddings: bool = False

    def __post_init__(self, **kwargs):
        super().__post_init__(**kwargs)
        # The text model owns the decision; generic code of transformers reads it from the top config.
        self.tie_word_embeddings = bool(getattr(self.text_config, "tie_word_embeddings", False))
        self._check_parts()
        self._check_graph_token()

    @classmethod
    def released(cls, *, projector_config: dict | None = None, **kwargs) -> "LlamoConfig":
        """The layout of the released checkpoint; see `LlamoProjectorConfig.released`."""
        return cls(projector_config=LlamoProjectorConfig.released(**(projector_config or {})), **kwargs)

    @property
    def num_graph_tokens(self) -> int | None:
        """Tokens one molecule takes in the prompt; None means one per atom (see `LlamoProjectorConfig`)."""
        return self.projector_config.num_graph_tokens(self.graph_config.num_levels)

    def _check_parts(self):
        graph, projector = self.graph_config, self.projector_config
        projector.levels(graph.num_levels)
        heads = projector.num_attention_heads
        if projector.projector_type in _ENCODER_WIDTH_ATTENTION and graph.hidden_size % heads:
            raise ValueError(
                f"graph_config.hidden_size {graph.hidden_size} must be a multiple of "
                f"projector_config.num_attention_heads {heads}"
            )

    def _check_graph_token(self):
        vocab_size = getattr(self.text_config, "vocab_size", None)
        if vocab_size is not None and not 0 <= self.graph_token_id < vocab_size:
            raise ValueError(
                f"graph_token_id {self.graph_token_id} is outside the vocabulary of {vocab_size} tokens; add a <graph> "
                "token to the tokenizer and set text_config.vocab_size to the enlarged size"
            )
