"""Graph preference: the answer shall be likelier with the molecule's true graph than with a wrong one.

The idea is MolPO of Mol-LLM (Lee et al., "Mol-LLM: Multimodal Generalist Molecular LLM with Improved Graph
Utilization", arXiv 2502.02810). With r = beta * mean log p(answer | text, graph), over labelled tokens, and both sides
with the same text:

    L = L_lm(true) + weight * mean of -log sigmoid(min(r(true) - r(wrong), clip * u) - margin * u)

Published defaults, from the configuration that came with its code: weight 0.25, beta 1, margin 0.5, clip 1, gradient
through both sides (the code multiplies by beta twice, which is the same at 1). There u is the size of r(true), as a
running mean (decay 0.99) for each kind of task. Here it is the mean over the batch's pairs, without gradient: nothing
to save, and a resumed run equals a straight one. There wrong graphs come with the data; here they are made on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional as F

from llamo.training.batch_graphs import (
    Batch,
    GraphLayout,
    Sample,
    put_together,
    sample_of_tokens,
    take_apart,
)
from llamo.training.graph_use_options import GraphUseOptions
from llamo.training.perturbation import perturb
from processors.example import IGNORED_LABEL


@dataclass(frozen=True)
class PreferenceParts:
    """What a preference loss is made of, as tensors without gradient.

    Attributes:
        lm_loss: mean loss per labelled token with true graphs.
        preference_loss: mean over `pairs`, before its weight.
        accuracy: share of pairs whose answer is likelier with the true graph.
        margin: mean over pairs of mean log p(answer | true) - mean log p(answer | wrong), in nats per token.
        pairs: samples that have a wrong graph.
        skipped: samples with molecules that have none: no molecule of the batch differs, or nothing can be changed.
    """

    lm_loss: torch.Tensor
    preference_loss: torch.Tensor
    accuracy: torch.Tensor
    margin: torch.Tensor
    pairs: int
    skipped: int


@dataclass(frozen=True, eq=False)
class PairedBatch:
    """A batch with its wrong counterparts behind it, as one batch: a single forward serves both.

    Attributes:
        inputs: of the model; the counterparts have no labels there, so the model's loss is that of the true graphs.
        labels: (B, T) of all samples.
        owners: (B, T) number of each token's sample; samples first, then counterparts.
        paired: sample of each counterpart.
        samples: how many there are without counterparts.
        skipped: samples with molecules but without counterpart.
    """

    inputs: Batch
    labels: torch.Tensor
    owners: torch.Tensor
    paired: list[int]
    samples: int
    skipped: int


def pair_batch(
    batch: Mapping[str, Any], layout: GraphLayout, options: GraphUseOptions, generator: torch.Generator
) -> PairedBatch:
    """The batch and, behind it, each sample again with wrong molecules; text and SMILES stay.

    Raises:
        ValueError: there are no labels, or graphs cannot be exchanged in such a batch.
    """
    if batch.get("labels") is None:
        raise ValueError("graph preference compares answers: the batch has no 'labels'; use LlamoDataCollator")
    samples, form = take_apart(batch, layout)
    wrong = _counterparts(samples, layout, options, generator)
    paired = [number for number, counterpart in enumerate(wrong) if counterpart is not None]
    everything = [*samples, *(counterpart for counterpart in wrong if counterpart is not None)]
    inputs = put_together(everything, form)
    labels, owners = inputs["labels"], sample_of_tokens(everything, form, inputs)
    skipped = sum(bool(sample.graphs) and _has_answer(sample) for sample in samples) - len(paired)
    inputs["labels"] = labels.masked_fill(owners >= len(samples), IGNORED_LABEL)
    inputs["loss_only"] = False  # the comparison needs logits
    return PairedBatch(inputs, labels, owners, paired, len(samples), skipped)


def graph_preference(
    logits: torch.Tensor, pairs: PairedBatch, options: GraphUseOptions
) -> tuple[torch.Tensor, PreferenceParts]:
    """The weighted preference loss of a batch, 0 without a pair, and its parts.

    Args:
        logits: (B, T, vocabulary) that the model gave for `pairs.inputs`.
        pairs: the batch.
        options: see `GraphUseOptions`.
    """
    count = pairs.samples + len(pairs.paired)
    totals, lengths = sum_log_probs(logits, pairs.labels, pairs.owners, count)
    means = totals / lengths.clamp(min=1)
    true, wrong = means[pairs.paired], means[pairs.samples :]
    losses = preference_losses(true, wrong, options)
    loss = losses.sum() / max(len(losses), 1)
    difference = (true - wrong).detach()
    parts = PreferenceParts(
        lm_loss=-totals[: pairs.samples].detach().sum() / lengths[: pairs.samples].sum().clamp(min=1),
        preference_loss=loss.detach(),
        accuracy=(difference > 0).float().sum() / max(len(difference), 1),
        margin=difference.sum() / max(len(difference), 1),
        pairs=len(difference),
        skipped=pairs.skipped,
    )
    return options.preference_weight * loss, parts


def graph_preference_loss(
    model: Any,
    batch: Mapping[str, Any],
    *,
    options: GraphUseOptions,
    generator: torch.Generator,
    num_items_in_batch: torch.Tensor | int | None = None,
) -> tuple[torch.Tensor, PreferenceParts]:
    """The language model's loss plus the weighted preference loss of a collated batch, and the parts.

    Args:
        model: LLaMo, wrapped or not.
        batch: `input_ids`, `attention_mask`, `labels` (B, T) and `graph_*`, or packed rows.
        options: see `GraphUseOptions`.
        generator: chooses what is wrong with the wrong molecules.
        num_items_in_batch: labelled tokens of all batches that one optimizer step sees, from `Trainer`. The preference
            loss then counts by this batch's share of them, as the language model's loss does.
    """
    pairs = pair_batch(batch, GraphLayout.of(model), options, generator)
    counted = {} if num_items_in_batch is None else {"num_items_in_batch": num_items_in_batch}
    outputs = model(**pairs.inputs, **counted)
    preference, parts = graph_preference(outputs.logits, pairs, options)
    return outputs.loss + preference * share_of_step(batch, num_items_in_batch), parts


def share_of_step(batch: Mapping[str, Any], num_items_in_batch: torch.Tensor | int | None) -> torch.Tensor | float:
    """Share of the step's labelled tokens that are in this batch; 1 where the step's number is not known."""
    if num_items_in_batch is None:
        return 1.0
    return (batch["labels"][:, 1:] != IGNORED_LABEL).sum() / num_items_in_batch


def preference_losses(true: torch.Tensor, wrong: torch.Tensor, options: GraphUseOptions) -> torch.Tensor:
    """-log sigmoid of the clipped difference beyond the margin; see the top of this file.

    Args:
        true: (P,) mean log p of the answer with the true graph.
        wrong: (P,) with the wrong one.
        options: see `GraphUseOptions`.
    """
    if not options.wrong_gradient:
        wrong = wrong.detach()
    unit = (options.beta * true.detach()).abs().mean() if options.relative else true.new_ones(())
    difference = options.beta * (true - wrong)
    if options.clip is not None:
        difference = torch.minimum(difference, options.clip * unit)
    return -F.logsigmoid(difference - options.margin * unit)


def sum_log_probs(
    logits: torch.Tensor, labels: torch.Tensor, owners: torch.Tensor, num_samples: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Sum of log p over the labelled tokens of each sample, and their number, (S,) each, in float32.

    Args:
        logits: (B, T, vocabulary).
        labels: (B, T), -100 is ignored.
        owners: (B, T) number of each token's sample.
        num_samples: S.
    """
    labels, owners = labels.to(logits.device), owners.to(logits.device)  # a model may be spread over several
    targets = labels[:, 1:]
    kept = targets != IGNORED_LABEL
    log_probs = -F.cross_entropy(logits[:, :-1][kept].float(), targets[kept], reduction="none")
    samples = owners[:, 1:][kept]
    empty = log_probs.new_zeros(num_samples)
    return empty.index_add(0, samples, log_probs), empty.index_add(0, samples, torch.ones_like(log_probs))


def _counterparts(
    samples: list[Sample], layout: GraphLayout, options: GraphUseOptions, generator: torch.Generator
) -> list[Sample | None]:
    """Each sample with wrong molecules, or None: it has none, nothing is asked about them, or no wrong one exists."""
    graphs = [graph for sample in samples for graph in sample.graphs]
    wrong = iter(perturb(graphs, options.perturbation, share=options.share, generator=generator))
    counterparts: list[Sample | None] = []
    for sample in samples:
        mine = [next(wrong) for _ in sample.graphs]
        if _has_answer(sample) and any(graph is not None for graph in mine):
            kept = [graph or own for graph, own in zip(mine, sample.graphs, strict=True)]
            counterparts.append(sample.with_graphs(kept, layout))
        else:
            counterparts.append(None)
    return counterparts


def _has_answer(sample: Sample) -> bool:
    return bool((sample.tokens["labels"][1:] != IGNORED_LABEL).any())
