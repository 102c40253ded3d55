"""The training loop of the compact model: packed batches, AdamW, checkpoints that a killed run goes on from.

It needs torch and transformers alone, so that prepared data can be carried to a machine that has nothing else. All
randomness comes from the seed and the step, none from what happened before: a run in slices is the run in one piece.
"""

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from llamo.compact.tensors import TensorRows
from llamo.data.batching import pack_lengths
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator

SHARD_SIZE = "15MB"


@dataclass(frozen=True)
class Stage:
    """A part of a run.

    Attributes:
        steps: of the optimizer.
        weights: how often a row of each kind is drawn in an epoch, by kind; 1 where a kind is not named.
        learning_rate: the highest.
    """

    steps: int
    weights: Mapping[str, float] = field(default_factory=dict)
    learning_rate: float = 1e-3


@dataclass(frozen=True)
class Schedule:
    """A run.

    Attributes:
        stages: one after the other.
        max_tokens: of a batch.
        packed: rows stand behind one another without padding, for attention that knows where they end (a GPU's flash
            attention); else rows of similar length are padded.
        warmup_steps: of each stage.
        final_rate: the lowest rate by the highest.
        weight_decay: of matrices; vectors have none.
        seed: of order and dropout.
        save_every: steps between checkpoints.
        evaluate_every: steps between looks at the validation rows.
        bf16: autocast to bfloat16.
    """

    stages: tuple[Stage, ...]
    max_tokens: int
    packed: bool = False
    warmup_steps: int = 100
    final_rate: float = 0.05
    weight_decay: float = 0.1
    seed: int = 0
    save_every: int = 200
    evaluate_every: int = 500
    bf16: bool = False

    @property
    def steps(self) -> int:
        """All steps."""
        return sum(stage.steps for stage in self.stages)

    def at(self, step: int) -> tuple[int, int]:
        """Number of the stage a step belongs to, and its place there."""
        for number, stage in enumerate(self.stages):
            if step < stage.steps:
                return number, step
            step -= stage.steps
        raise ValueError(f"the schedule has {self.steps} steps only")

    def rate(self, step: int) -> float:
        """Learning rate: linear warm-up, then a cosine down to `final_rate`, in each stage."""
        number, place = self.at(step)
        stage = self.stages[number]
        if place < self.warmup_steps:
            return stage.learning_rate * (place + 1) / self.warmup_steps
        part = (place - self.warmup_steps) / max(1, stage.steps - self.warmup_steps)
        return stage.learning_rate * (self.final_rate + (1 - self.final_rate) * (1 + np.cos(np.pi * part)) / 2)


class Batches:
    """Which rows each step sees.

    Args:
        rows: to draw from.
        schedule: of the run.
    """

    def __init__(self, rows: TensorRows, schedule: Schedule):
        self.rows, self.schedule = rows, schedule

    def from_step(self, step: int) -> Iterator[list[int]]:
        """Batches from this step on."""
        number, place = self.schedule.at(step)
        for stage in range(number, len(self.schedule.stages)):
            yield from self._of_stage(stage, place)
            place = 0

    def _of_stage(self, stage: int, place: int) -> Iterator[list[int]]:
        epoch, left = 0, self.schedule.stages[stage].steps
        while left > 0:
            batches = self._epoch(stage, epoch)[:left]
            yield from batches[place:]
            place, left, epoch = max(0, place - len(batches)), left - len(batches), epoch + 1

    def _epoch(self, stage: int, epoch: int) -> list[list[int]]:
        seed = [self.schedule.seed, stage, epoch]
        drawn = self._draw(self.schedule.stages[stage].weights, np.random.default_rng(seed))
        lengths = self.rows.lengths[drawn]
        if self.schedule.packed:
            groups = pack_lengths(lengths, self.schedule.max_tokens, seed=seed)
        else:
            groups = padded_groups(lengths, self.schedule.max_tokens, seed=seed)
        order = np.random.default_rng([*seed, 1]).permutation(len(groups)).tolist()
        return [drawn[groups[group]].tolist() for group in order]

    def _draw(self, weights: Mapping[str, float], generator: np.random.Generator) -> np.ndarray:
        """Row numbers, each as often as its kind's weight says; a fraction is a part drawn anew."""
        drawn = []
        for number, name in enumerate(self.rows.names):
            rows, weight = np.flatnonzero(self.rows.kinds == number), weights.get(name, 1.0)
            drawn += [rows] * int(weight)
            drawn.append(generator.permutation(rows)[: round((weight - int(weight)) * len(rows))])
        return np.concatenate(drawn)


def padded_groups(lengths: np.ndarray, max_tokens: int, *, seed: Sequence[int]) -> list[list[int]]:
    """Groups of rows of similar length, each of at most `max_tokens` with its padding."""
    order = np.random.default_rng(seed).permutation(len(lengths))
    order = order[np.argsort(lengths[order], kind="stable")].tolist()
    groups: list[list[int]] = [[]]
    for row in order:
        if groups[-1] and (len(groups[-1]) + 1) * int(lengths[row]) > max_tokens:
            groups.append([])
        groups[-1].append(row)
    return groups


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
) -> bool:
    """Trains until the schedule or the time ends, from the last checkpoint in `folder` if there is one.

    `folder` gets `checkpoint/` (weights in shards of 15 MB, optimizer, step) and `metrics.jsonl`.

    Returns:
        Whether the schedule has ended.
    """
    started, folder = time.monotonic(), Path(folder)
    model.to(device)
    optimizer = _optimizer(model, schedule)
    step = _resume(model, optimizer, folder, device)
    meter = _Meter(folder / "metrics.jsonl", schedule)
    batches = Batches(rows, schedule).from_step(step) if step < schedule.steps else iter(())
    model.train()
    for batch in batches:
        torch.manual_seed(schedule.seed * 1_000_003 + step)
        inputs = _on(collate([rows[row] for row in batch]), device)
        loss = _update(model, optimizer, inputs, schedule, step)
        step += 1
        meter.add(step, loss, inputs)
        if step % schedule.evaluate_every == 0 or step == schedule.steps:
            meter.write({"step": step, "validation_loss": evaluate(model, collate, validation, schedule, device)})
        late = minutes is not None and time.monotonic() - started > 60 * minutes
        if step % schedule.save_every == 0 or late or step == schedule.steps:
            _save(model, optimizer, step, folder)
        if late:
            break
    return step >= schedule.steps


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
    losses = {}
    for number, name in enumerate(rows.names):
        chosen = np.flatnonzero(rows.kinds == number)
        total, count = 0.0, 0
        for group in pack_lengths(rows.lengths[chosen], schedule.max_tokens) if len(chosen) else []:
            inputs = _on(collate([rows[row] for row in chosen[group]]), device)
            labels = int((inputs["labels"] != -100).sum())
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


def _save(model: LlamoForConditionalGeneration, optimizer: torch.optim.Optimizer, step: int, folder: Path):
    """A checkpoint that is there whole or not at all; `step.json` is written last."""
    new, current = folder / "checkpoint.new", folder / "checkpoint"
    shutil.rmtree(new, ignore_errors=True)
    model.save_pretrained(new, max_shard_size=SHARD_SIZE)
    for number, (name, weight) in enumerate(_trained(model)):
        moments = {key: value.contiguous() for key, value in optimizer.state[weight].items()}
        save_file(moments, new / f"optimizer-{number:03}.safetensors", metadata={"weight": name})
    (new / "step.json").write_text(json.dumps({"step": step}), encoding="utf-8")
    shutil.rmtree(current, ignore_errors=True)
    new.rename(current)


def _resume(model: LlamoForConditionalGeneration, optimizer: torch.optim.Optimizer, folder: Path, device: str) -> int:
    """Loads the checkpoint, if there is one; gives the steps that are done."""
    new, current = folder / "checkpoint.new", folder / "checkpoint"
    if not current.is_dir() and (new / "step.json").is_file():
        new.rename(current)  # stopped between the two
    if not current.is_dir():
        return 0
    model.load_state_dict(LlamoForConditionalGeneration.from_pretrained(current).state_dict())
    for number, (_, weight) in enumerate(_trained(model)):
        optimizer.state[weight] = load_file(current / f"optimizer-{number:03}.safetensors", device=device)
    return int(json.loads((current / "step.json").read_text(encoding="utf-8"))["step"])


def _trained(model: torch.nn.Module) -> list[tuple[str, torch.nn.Parameter]]:
    """Weights that the optimizer has moments of, in order."""
    return [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
