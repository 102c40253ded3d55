"""Graph encoders of any depth: fresh, trained for a little while, and as node states. Knows tensors, no molecule."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from configuration import LlamoGraphConfig
from llamo.analysis.over_smoothing.molecules import on, pack
from modeling_llamo import LlamoGraphEncoder
from modeling_llamo.batch_norm import NodeBatchNorm
from modeling_llamo.gin import MessagePassingLayer
from modeling_llamo.packing import GraphBatch
from processors import MoleculeGraph

BATCH = 32
LEARNING_RATE = 2e-3
WARM_UP = 20


def fresh(depth: int, *, width: int, seed: int) -> LlamoGraphEncoder:
    """A GIN with random weights, in eval mode; its BatchNorm needs `calibrate`."""
    torch.manual_seed(seed)
    return LlamoGraphEncoder(LlamoGraphConfig(hidden_size=width, num_hidden_layers=depth)).eval()


@torch.no_grad()
def calibrate(encoder: LlamoGraphEncoder, graphs: GraphBatch):
    """Sets the statistics of every BatchNorm to those of these molecules."""
    norms = [module for module in encoder.modules() if isinstance(module, NodeBatchNorm)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    cast(nn.Module, encoder).train()
    encoder.encode(graphs)
    encoder.eval()
    for norm, momentum in zip(norms, before, strict=True):
        norm.momentum = momentum


@torch.inference_mode()
def states(encoder: LlamoGraphEncoder, graphs: GraphBatch) -> list[np.ndarray]:
    """Node states of every level, (N, D) each."""
    levels = encoder.eval().encode(on(graphs, encoder.device)).hidden_states
    assert levels is not None
    return [level.double().cpu().numpy() for level in levels]


@contextmanager
def without_norms(encoder: LlamoGraphEncoder) -> Iterator[None]:
    """The same weights without any BatchNorm, while the block runs."""
    layers = cast(Sequence[MessagePassingLayer], encoder.layers)
    kept = [(layer.inner_norm, layer.norm) for layer in layers]
    for layer in layers:
        layer.inner_norm = layer.norm = None  # pyright: ignore[reportAttributeAccessIssue]
    try:
        yield
    finally:
        for layer, (inner, outer) in zip(layers, kept, strict=True):
            layer.inner_norm, layer.norm = inner, outer


def labels(graphs: Sequence[MoleculeGraph]) -> torch.Tensor:
    """(G, 73) which features of functional groups a molecule has, as 0 and 1."""
    return torch.from_numpy(np.stack([graph.motif_features.any(0) for graph in graphs])).float()


def train(encoder: LlamoGraphEncoder, graphs: Sequence[MoleculeGraph], *, steps: int, seed: int) -> nn.Linear:
    """Trains an encoder to tell a molecule's functional groups from the mean of its last level.

    AdamW, a cosine schedule with warm-up, 32 molecules a step.

    Args:
        encoder: changed in place.
        graphs: to draw from.
        steps: of the optimizer.
        seed: of head and order.

    Returns:
        The head, (D) -> (73).
    """
    torch.manual_seed(seed)
    order, all_labels = np.random.default_rng(seed), labels(graphs)
    head = nn.Linear(encoder.config.hidden_size, all_labels.shape[1])
    with torch.no_grad():
        head.weight.zero_()
        head.bias.copy_(torch.logit(_frequencies(all_labels)))  # so that there is nothing to learn but the molecule
    parameters = [*encoder.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=LEARNING_RATE, weight_decay=0.01)
    cast(nn.Module, encoder).train()
    for step in range(steps):
        chosen = order.integers(len(graphs), size=BATCH)
        rate = min(1.0, (step + 1) / WARM_UP) * (1 + np.cos(np.pi * step / steps)) / 2
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * rate
        loss = _loss(encoder, head, pack([graphs[place] for place in chosen]), all_labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
    encoder.eval()
    return head


@torch.inference_mode()
def learned(
    encoder: LlamoGraphEncoder, head: nn.Linear, graphs: Sequence[MoleculeGraph], seen: Sequence[MoleculeGraph]
) -> float:
    """By which share the loss on new molecules is below that of guessing each group's frequency among those seen."""
    truth = labels(graphs)
    guess = F.binary_cross_entropy(_frequencies(labels(seen)).expand_as(truth), truth)
    return 1 - float(_loss(encoder, head, pack(graphs), truth) / guess)


def _frequencies(truth: torch.Tensor) -> torch.Tensor:
    return truth.mean(0).clamp(1e-3, 1 - 1e-3)


def _loss(encoder: LlamoGraphEncoder, head: nn.Linear, batch: GraphBatch, truth: torch.Tensor) -> torch.Tensor:
    last = encoder.encode(batch).last_hidden_state
    assert last is not None
    return F.binary_cross_entropy_with_logits(head(batch.segments().mean(last)), truth)
