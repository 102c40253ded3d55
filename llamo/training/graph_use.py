"""`Trainer` that keeps a model from ignoring its graphs: graph dropout and graph preference, in training only.

With neither, it is transformers' `Trainer`, bit for bit.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import torch
from transformers import Trainer
from transformers.utils import logging

from llamo.training.batch_graphs import GraphLayout, put_together, take_apart
from llamo.training.graph_preference import (
    PreferenceParts,
    graph_preference,
    graph_preference_loss,
    pair_batch,
    share_of_step,
)
from llamo.training.graph_use_options import GraphUseOptions

__all__ = ["GraphUseOptions", "GraphUseTrainer", "drop_graphs", "graph_preference_loss"]

logger = logging.get_logger(__name__)


def drop_graphs(
    batch: Mapping[str, Any], probability: float, layout: GraphLayout, *, generator: torch.Generator
) -> Mapping[str, Any]:
    """The batch in which each sample has lost its molecules with a probability; the batch itself where none has.

    A sample's placeholders go out of its row, with their mask and labels, and its molecules out of the packed graph
    tensors; rows are padded again on the side they were. Packed rows stay packed.

    Raises:
        ValueError: graphs cannot be taken out of such a batch.
    """
    if batch.get("graph_node_ids") is None:
        return batch
    samples, form = take_apart(batch, layout)
    loses = (torch.rand(len(samples), generator=generator) < probability).tolist()
    if not any(lost and sample.graphs for lost, sample in zip(loses, samples, strict=True)):
        return batch
    kept = [sample.without_graphs(layout) if lost else sample for lost, sample in zip(loses, samples, strict=True)]
    return put_together(kept, form)


class GraphUseTrainer(Trainer):
    """`Trainer` whose loss follows `GraphUseOptions`.

    Logs with the training loss, for preference: `graph_lm_loss`, `graph_preference_loss` (without its weight),
    `graph_preference_accuracy`, `graph_preference_margin` and `graph_preference_skipped`, the share of samples with
    molecules that had no wrong counterpart; see `PreferenceParts`. They are those of the main process. A subclass of
    another trainer is made with `class Mine(GraphUseTrainer, SFTTrainer)`.

    True and wrong graphs go through the model as one batch, so a graph encoder that trains takes its BatchNorm
    statistics over both.

    Args:
        graph_use: what to do; None is nothing.
        args: of `Trainer`, as are `kwargs`.
    """

    def __init__(self, *args, graph_use: GraphUseOptions | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.graph_use = graph_use or GraphUseOptions()
        self._graph_sums: dict[str, Any] = defaultdict(float)
        self._graph_draws = (-1, 0)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None) -> Any:
        """As `Trainer`'s, plus the preference loss, on a batch that may have lost graphs."""
        options = self.graph_use
        if not model.training or not (options.dropout or options.preference_weight):
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        generator, layout = self._next_generator(), GraphLayout.of(self.model)
        if options.dropout:
            inputs = dict(drop_graphs(inputs, options.dropout, layout, generator=generator))
        if options.preference_weight and inputs.get("graph_node_ids") is not None:
            loss, outputs = self._prefer(model, inputs, layout, generator, num_items_in_batch)
        else:
            loss, outputs = super().compute_loss(model, inputs, True, num_items_in_batch)
        return (loss, outputs) if return_outputs else loss

    def _prefer(self, model, inputs, layout: GraphLayout, generator: torch.Generator, num_items_in_batch) -> Any:
        if inputs.get("loss_only"):
            logger.warning_once("loss_only has no effect with graph preference, which needs logits")
        pairs = pair_batch(inputs, layout, self.graph_use, generator)
        loss, outputs = super().compute_loss(model, dict(pairs.inputs), True, num_items_in_batch)
        preference, parts = graph_preference(cast(Any, outputs)["logits"], pairs, self.graph_use)
        self._remember(parts)
        share = share_of_step(inputs, num_items_in_batch)
        if self.args.average_tokens_across_devices and num_items_in_batch is not None:
            share = share * (self.accelerator.num_processes // self.get_tp_size())  # as Trainer scales its own loss
        return loss + preference * share, outputs

    def _next_generator(self) -> torch.Generator:
        """Randomness of this batch: the same in a resumed run, another for each batch of a step and for each rank."""
        step, number = self._graph_draws
        self._graph_draws = (self.state.global_step, number + 1 if step == self.state.global_step else 0)
        words = [self.graph_use.seed, *self._graph_draws, self.args.process_index]
        return torch.Generator().manual_seed(int(np.random.SeedSequence(words).generate_state(1)[0]))

    def _remember(self, parts: PreferenceParts):
        self._graph_sums["batches"] += 1
        self._graph_sums["lm_loss"] += parts.lm_loss
        for name in ("preference_loss", "accuracy", "margin"):
            self._graph_sums[name] += getattr(parts, name) * parts.pairs
        self._graph_sums["pairs"] += parts.pairs
        self._graph_sums["skipped"] += parts.skipped

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """As `Trainer`'s, with the parts of the preference loss since the last training log."""
        if "loss" in logs and self._graph_sums["batches"]:
            sums, self._graph_sums = self._graph_sums, defaultdict(float)
            pairs = max(sums["pairs"], 1)
            logs["graph_lm_loss"] = float(sums["lm_loss"]) / sums["batches"]
            logs["graph_preference_loss"] = float(sums["preference_loss"]) / pairs
            logs["graph_preference_accuracy"] = float(sums["accuracy"]) / pairs
            logs["graph_preference_margin"] = float(sums["margin"]) / pairs
            logs["graph_preference_skipped"] = sums["skipped"] / max(sums["pairs"] + sums["skipped"], 1)
        super().log(logs, start_time)
