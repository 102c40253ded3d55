"""The training loop of the compact model: packed batches, AdamW, checkpoints that a killed run goes on from.

It needs torch and transformers alone, so that prepared data can be carried to a machine that has nothing else. All
randomness comes from the seed and the step, none from what happened before: a run in slices is the run in one piece.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from llamo.compact.batches import loader, token_groups
from llamo.compact.checkpoint import resume, save
from llamo.compact.schedule import Schedule
from llamo.compact.tensors import TensorRows
from llamo.compact.views import seen
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator
from processors.example import IGNORED_LABEL


def train(
    model: LlamoForConditionalGeneration,
    collate: LlamoDataCollator,
    rows: TensorRows,
    validation: TensorRows,
    schedule: Schedule,
    folder: Path,
    *,
    device: str = "cpu",
    minutes: float | None = None,
    workers: int = 0,
) -> bool:
    """Trains until the schedule or the time ends, from the last checkpoint in `folder` if there is one.

    `folder` gets `checkpoint/` (weights in shards of 15 MB, optimizer, step) and `metrics.jsonl`.

    Returns:
        Whether the schedule has ended.
    """
    started, folder = time.monotonic(), Path(folder)
    torch.nn.Module.to(model, device)
    if schedule.compiled:
        layers: Any = model.model.language_model.layers
        for layer in layers:
            layer.compile(dynamic=True)
    optimizer = _optimizer(model, schedule)
    step = resume(model, optimizer, folder, device)
    meter = _Meter(folder / "metrics.jsonl", schedule)
    model.train()
    for batch in loader(rows, schedule, collate, step, workers, device):
        torch.manual_seed(schedule.seed * 1_000_003 + step)
        inputs = hide_words(_on(batch, device), schedule.word_dropout, collate.processor.tokenizer.unk_token_id)
        loss = _update(model, optimizer, inputs, schedule, step)
        step += 1
        meter.add(step, loss, inputs)
        if step % schedule.evaluate_every == 0 or step == schedule.steps:
            meter.write({"step": step, "validation_loss": evaluate(model, collate, validation, schedule, device)})
        late = minutes is not None and time.monotonic() - started > 60 * minutes
        if step % schedule.save_every == 0 or late or step == schedule.steps:
            save(model, optimizer, step, folder)
        if late:
            break
    return step >= schedule.steps


def hide_words(inputs: dict[str, Any], share: float, unknown_id: int) -> dict[str, Any]:
    """A batch in which a share of the tokens to be learned are unknown where they are read."""
    if not share:
        return inputs
    learned = inputs["labels"] != IGNORED_LABEL
    hidden = learned & (torch.rand(learned.shape, device=learned.device) < share)
    return {**inputs, "input_ids": inputs["input_ids"].masked_fill(hidden, unknown_id)}


@torch.compiler.set_stance("force_eager")  # compiling for another mode takes longer than a look
@torch.inference_mode()
def evaluate(
    model: LlamoForConditionalGeneration,
    collate: LlamoDataCollator,
    rows: TensorRows,
    schedule: Schedule,
    device: str,
) -> dict[str, float]:
    """Mean loss of an answer's token, by kind of row."""
    model.eval()
    losses, view = {}, schedule.views.most
    for number, name in enumerate(rows.names):
        chosen = np.flatnonzero(rows.kinds == number)
        total, count = 0.0, 0
        for group in token_groups(rows.lengths[chosen], schedule) if len(chosen) else []:
            examples = [seen(rows, row, view, graph_token_id=collate.processor.graph_token_id) for row in chosen[group]]
            inputs = _on(collate(examples), device)
            labels = int((inputs["labels"] != IGNORED_LABEL).sum())
            with _autocast(schedule, device):
                total += float(model(**inputs, loss_only=True).loss) * labels
            count += labels
        losses[name] = total / max(1, count)
    model.train()
    return losses


def _update(
    model: LlamoForConditionalGeneration,
    optimizer: torch.optim.Optimizer,
    inputs: dict[str, Any],
    schedule: Schedule,
    step: int,
) -> torch.Tensor:
    for group in optimizer.param_groups:
        group["lr"] = schedule.rate(step)
    with _autocast(schedule, inputs["input_ids"].device.type):
        loss = model(**inputs, loss_only=True).loss
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.detach()


def _autocast(schedule: Schedule, device: str) -> torch.autocast:
    return torch.autocast(torch.device(device).type, torch.bfloat16, enabled=schedule.bf16)


def _optimizer(model: torch.nn.Module, schedule: Schedule) -> torch.optim.Optimizer:
    """AdamW; vectors (biases, norms) do not decay."""
    matrices = [weight for weight in model.parameters() if weight.requires_grad and weight.dim() > 1]
    vectors = [weight for weight in model.parameters() if weight.requires_grad and weight.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": schedule.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=schedule.rate(0), betas=(0.9, 0.98), fused=True)


def _on(batch: Mapping[str, Any], device: str) -> dict[str, Any]:
    return {name: value.to(device, non_blocking=True) for name, value in batch.items()}


class _Meter:
    """Lines of `metrics.jsonl`: means over `every` steps."""

    every = 20

    def __init__(self, path: Path, schedule: Schedule):
        self.path, self.schedule = path, schedule
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            self.write({"schedule": asdict(schedule)})
        self._restart()

    def _restart(self):
        self.losses: list[torch.Tensor] = []
        self.tokens, self.since = 0, time.monotonic()

    def add(self, step: int, loss: torch.Tensor, inputs: Mapping[str, Any]):
        """Counts a step."""
        self.losses.append(loss)
        self.tokens += inputs["input_ids"].numel()
        if step % self.every == 0:
            seconds = time.monotonic() - self.since
            loss_mean = float(torch.stack(self.losses).mean())
            rate = self.schedule.rate(step - 1)
            self.write({"step": step, "loss": loss_mean, "tokens": self.tokens, "seconds": seconds, "rate": rate})
            self._restart()

    def write(self, line: dict[str, Any]):
        """Appends a line."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
