"""Whether a model uses its graphs: its loss with true graphs, with other molecules' graphs, and without graphs.

A model that ignores graphs has the same loss with shuffled ones. What it knows from the text (SMILES too) stays.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch
from torch import nn
from torch.utils.data import IterableDataset
from transformers import Trainer, TrainerCallback
from transformers.utils import logging

from llamo.training.batch_graphs import Batch, GraphLayout, put_together, take_apart, with_graphs
from llamo.training.graph_content import content_key, partners
from processors.example import IGNORED_LABEL

logger = logging.get_logger(__name__)

Collator = Callable[[list[dict[str, Any]]], Batch]


class NothingToCompare(ValueError):
    """The rows have no two different molecules."""


@dataclass(frozen=True)
class GraphUseReport:
    """Mean loss per labelled token of the same rows with different graphs.

    Attributes:
        true: with their own.
        shuffled: with those of other molecules of the set.
        removed: without; placeholders are taken out.
        rows: how many rows, those without molecules included.
        molecules: how many molecules they have.
        repeated: how often a molecule stood in more than once, since one kind makes up more than half of the set.
    """

    true: float
    shuffled: float
    removed: float
    rows: int
    molecules: int
    repeated: int = 0

    @property
    def gap(self) -> float:
        """How much wrong graphs cost, in nats per token; about 0 for a model that ignores graphs."""
        return self.shuffled - self.true


def graph_use_losses(
    model: Any,
    dataset: Any,
    collator: Collator,
    *,
    batch_size: int,
    seed: int = 0,
    max_rows: int | None = None,
) -> GraphUseReport:
    """The three losses of a data set, without gradient, in evaluation mode, on the model's device.

    Autocast and the like are the caller's context. The batches are held in memory, so bound them with `max_rows`.

    Args:
        model: LLaMo, wrapped or not; its modules' modes are restored.
        dataset: rows for `collator`, conversations or encoded; map-style, or anything to iterate over.
        collator: makes batches with `labels`, such as `LlamoDataCollator`.
        batch_size: rows of a forward.
        seed: of the shuffle, in which no molecule gets its own graph (by content) and each is used once, if possible.
        max_rows: takes the first rows; None takes all.

    Raises:
        NothingToCompare: the rows have no two different molecules.
        ValueError: there are no rows or no labels, or graphs cannot be exchanged in such batches.
    """
    chunks = list(_chunks(_rows(dataset, max_rows), batch_size))
    batches, layout = [collator(chunk) for chunk in chunks], GraphLayout.of(model)
    apart = [take_apart(batch, layout) for batch in batches]
    graphs = [graph for samples, _ in apart for sample in samples for graph in sample.graphs]
    order = exchange([content_key(graph) for graph in graphs], seed=seed)
    others = iter([graphs[number] for number in order])
    shuffled = []
    for samples, form in apart:
        mine = list(islice(others, sum(len(sample.graphs) for sample in samples)))
        shuffled.append(put_together(with_graphs(samples, mine, layout), form))
    removed = [put_together([sample.without_graphs(layout) for sample in samples], form) for samples, form in apart]
    with _evaluating(model):
        true, wrong, none = (_mean_loss(model, kind) for kind in (batches, shuffled, removed))
    rows, repeated = sum(map(len, chunks)), len(graphs) - len(set(order))
    return GraphUseReport(true, wrong, none, rows=rows, molecules=len(graphs), repeated=repeated)


class GraphDiagnosticCallback(TrainerCallback):
    """Adds `eval_loss_true_graph`, `eval_loss_shuffled_graph` and `eval_loss_removed_graph` to each evaluation.

    They are logged and are in the metrics that `evaluate` returns, so that `metric_for_best_model` can name them; with
    several evaluation sets under each set's prefix. Each process computes them all. A set without two different
    molecules is left out with a warning.

        trainer.add_callback(GraphDiagnosticCallback(trainer, max_rows=200))

    Args:
        trainer: whose model, device and autocast are used.
        collator: of the rows; None takes the trainer's.
        max_rows: of each evaluation set, the first ones; None takes all.
        seed: of the shuffle.
    """

    def __init__(
        self, trainer: Trainer, collator: Collator | None = None, *, max_rows: int | None = 200, seed: int = 0
    ):
        if max_rows is not None and max_rows < 2:
            raise ValueError(f"max_rows must be at least 2, or None for all rows, got {max_rows}")
        self.trainer, self.max_rows, self.seed = trainer, max_rows, seed
        self.collator = trainer.data_collator if collator is None else collator

    def on_evaluate(self, args, state, control, metrics=None, eval_dataloader=None, **kwargs):
        """Runs the diagnostic on the rows that were just evaluated."""
        if metrics is None or eval_dataloader is None:
            return
        prefix = next((name.removesuffix("_runtime") for name in metrics if name.endswith("_runtime")), "eval")
        try:
            report = self._measure(eval_dataloader.dataset, args.per_device_eval_batch_size)
        except NothingToCompare as error:
            logger.warning_once(f"{prefix}: no graph diagnostic: {error}")
            return
        values = {
            f"{prefix}_loss_true_graph": report.true,
            f"{prefix}_loss_shuffled_graph": report.shuffled,
            f"{prefix}_loss_removed_graph": report.removed,
        }
        metrics.update(values)
        self.trainer.log(dict(values))

    def _measure(self, dataset: Any, batch_size: int) -> GraphUseReport:
        options = {"batch_size": batch_size, "seed": self.seed, "max_rows": self.max_rows}
        with self.trainer.compute_loss_context_manager(), self.trainer.accelerator.autocast():
            return graph_use_losses(self.trainer.model, dataset, self.collator, **options)


def _rows(dataset: Any, max_rows: int | None) -> Iterable[dict[str, Any]]:
    is_map = hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__")
    if is_map and not isinstance(dataset, IterableDataset):
        count = len(dataset) if max_rows is None else min(max_rows, len(dataset))
        return (dataset[number] for number in range(count))
    return islice(iter(dataset), max_rows)


def _chunks(rows: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    rows, empty = iter(rows), True
    while chunk := list(islice(rows, size)):
        empty = False
        yield chunk
    if empty:
        raise ValueError("the graph diagnostic got no rows; pass a data set that is not empty")


def exchange(keys: Sequence[tuple], *, seed: int) -> list[int]:
    """For each molecule, by its content, the number of another one.

    Raises:
        NothingToCompare: there are no two different ones.
    """
    order = partners(keys, torch.Generator().manual_seed(seed))
    found = [number for number in order if number is not None]
    if not order or len(found) < len(order):
        raise NothingToCompare(
            f"expected rows with at least two different molecules, got {len(order)} molecules, {len(set(keys))} "
            "different; take more rows"
        )
    return found


@contextmanager
def _evaluating(model: nn.Module):
    """Evaluation mode without gradient; each module's own mode comes back."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode


def _mean_loss(model: Any, batches: Iterable[Batch]) -> float:
    """Mean over all labelled tokens, whatever batch they are in."""
    device = next(model.parameters()).device
    total, tokens = torch.zeros((), dtype=torch.float64), 0
    for batch in batches:
        labelled = int((batch["labels"][:, 1:] != IGNORED_LABEL).sum())
        if not labelled:
            continue
        there = {name: value.to(device) if isinstance(value, torch.Tensor) else value for name, value in batch.items()}
        total += model(**there).loss.double().cpu() * labelled
        tokens += labelled
    if not tokens:
        raise ValueError("the graph diagnostic got no labelled token; give rows that end with an answer")
    return float(total / tokens)
