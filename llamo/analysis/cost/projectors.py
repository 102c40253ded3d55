"""The projectors that are compared, in the paper's sizes, and the molecules they read. Measures one batch of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import torch
from torch import nn

from configuration import LlamoConfig, LlamoProjectorConfig
from llamo.analysis.cost.memory import peak_bytes
from llamo.analysis.cost.operations import count_flops
from llamo.analysis.cost.peptides import peptide
from llamo.analysis.cost.timing import take_turns
from modeling_llamo import LlamoGraphEncoder
from modeling_llamo.packing import GraphBatch
from modeling_llamo.projector import GraphProjector, build_projector
from modeling_llamo.projector.initialisation import init_projector_module
from processors import LlamoFeatureExtractor

# As many tokens for all that choose their number.
TOKENS = 28
KINDS: dict[str, dict[str, Any]] = {
    "multi_level": {},
    "mlp": {},
    "mlp_concat": {},
    "weighted_sum": {},
    "resampler": {"num_query_tokens": TOKENS},
    "qformer": {"num_query_tokens": TOKENS},
}
ENCODER = "encoder"
Levels = tuple[torch.Tensor, ...]


@dataclass(frozen=True)
class Sizes:
    """Sizes of encoder and projector; the defaults are the paper's but for the text's width, that of the compact model.

    Attributes:
        text_width: of the language model.
        mlp_depth: linear layers into it.
        graph_width: of node states.
        layers: of the encoder.
    """

    text_width: int = 384
    mlp_depth: int = 6
    graph_width: int = 300
    layers: int = 5

    def config(self, kind: str) -> LlamoConfig:
        """Of a model with this projector."""
        return LlamoConfig(
            graph_config={"hidden_size": self.graph_width, "num_hidden_layers": self.layers},
            projector_config={"projector_type": kind, "mlp_depth": self.mlp_depth, **KINDS[kind]},
            text_config={
                "model_type": "llama",
                "hidden_size": self.text_width,
                "num_attention_heads": 1,
                "vocab_size": 8,
            },
            graph_token_id=7,
        )

    def build(self, kind: str) -> GraphProjector:
        """The projector with random weights."""
        torch.manual_seed(0)
        projector = build_projector(self.config(kind), self.text_width)
        for module in projector.modules():
            init_projector_module(module)
        return projector

    def weights(self, kind: str) -> int:
        """Numbers that are learned in the projector, or in the encoder."""
        with torch.device("meta"):
            config = self.config("multi_level" if kind == ENCODER else kind)
            module: Any = (
                LlamoGraphEncoder(config.graph_config) if kind == ENCODER else build_projector(config, self.text_width)
            )
        return sum(weight.numel() for weight in module.parameters())

    def tokens(self, kind: str, atoms: int) -> int:
        """Graph tokens of a molecule."""
        projector: LlamoProjectorConfig = self.config(kind).projector_config
        return projector.num_graph_tokens(self.layers + 1) or atoms

    def text_flops(self, kind: str, atoms: int) -> int:
        """Floating-point operations, for a molecule, of the layers whose cost depends on the text's width."""
        tokens, wide = self.tokens(kind, atoms), self.text_width
        projector = self.config(kind).projector_config
        if kind == "qformer":
            return 2 * tokens * projector.hidden_size * wide
        inner = self.graph_width * (self.layers + 1 if kind == "mlp_concat" else 1)
        return 2 * tokens * (inner * wide + (self.mlp_depth - 1) * wide**2)


def molecules(atoms: int, batch: int) -> GraphBatch:
    """So many times the same peptide, of at least so many atoms."""
    extractor = LlamoFeatureExtractor(max_atoms=None)
    packed = extractor.pack([extractor.featurize(peptide(atoms))] * batch, return_tensors="pt")
    return GraphBatch(**{name.removeprefix("graph_"): tensor for name, tensor in packed.items()})


def measure(sizes: Sizes, graphs: GraphBatch, *, rounds: int, kinds: Sequence[str] = tuple(KINDS)) -> dict[str, Any]:
    """Seconds, operations and bytes of each projector, and of the encoder, for one batch.

    `forward`, `step` (forward and backward): median CPU seconds; `flops`, `step_flops`; `bytes`: what PyTorch gives out
    at the peak of a step.
    """
    levels = _levels(sizes, len(graphs.node_ids))
    modules: dict[str, Any] = {kind: sizes.build(kind) for kind in kinds}
    calls: dict[str, Callable[[], Any]] = {
        kind: partial(_tokens, module, levels, graphs) for kind, module in modules.items()
    }
    encoder = LlamoGraphEncoder(sizes.config("multi_level").graph_config)
    modules[ENCODER] = encoder.train()
    calls[ENCODER] = partial(_encode, encoder, graphs)
    steps = {kind: partial(_step, modules[kind], levels, call) for kind, call in calls.items()}
    bare = {kind: torch.no_grad()(call) for kind, call in calls.items()}
    counted = {kind: (count_flops(bare[kind]), count_flops(steps[kind])) for kind in calls}  # warms up, too
    forward = take_turns(bare, rounds=rounds, warm_up=0)
    whole = take_turns(steps, rounds=rounds, warm_up=0)
    return {
        kind: {
            "forward": median(forward[kind]),
            "step": median(whole[kind]),
            "flops": counted[kind][0],
            "step_flops": counted[kind][1],
            "bytes": peak_bytes(steps[kind]),
        }
        for kind in calls
    }


def _levels(sizes: Sizes, atoms: int) -> Levels:
    """Random node states, as of an encoder that trains."""
    generator = torch.Generator().manual_seed(0)
    shape = (atoms, sizes.graph_width)
    return tuple(torch.randn(shape, generator=generator).requires_grad_() for _ in range(sizes.layers + 1))


def _tokens(projector: GraphProjector, levels: Levels, graphs: GraphBatch) -> torch.Tensor:
    tokens = projector(levels, graphs)
    return tokens if isinstance(tokens, torch.Tensor) else torch.cat(tokens)


def _encode(encoder: LlamoGraphEncoder, graphs: GraphBatch) -> torch.Tensor:
    last = encoder.encode(graphs).last_hidden_state
    assert last is not None
    return last


def _step(module: nn.Module, levels: Levels, call: Callable[[], torch.Tensor]):
    """Forward and backward; gradients are dropped at the end, so that every call makes them."""
    call().square().mean().backward()
    module.zero_grad()
    for level in levels:
        level.grad = None
