"""Training the demo's model with the ordinary `Trainer` of transformers."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from transformers import PreTrainedModel, PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from llamo.demo.questions import Example
from processors import LlamoDataCollator, LlamoProcessor, MoleculeGraph

# Questions per conversation.
TURNS = 4


class RichProgress(TrainerCallback):
    """A progress bar with the current loss."""

    def __init__(self, progress: Progress):
        self.progress = progress
        self.task = progress.add_task("training", total=None, loss="")

    def on_train_begin(self, args, state, control, **kwargs):
        self.progress.update(self.task, total=state.max_steps)

    def on_step_end(self, args, state, control, **kwargs):
        self.progress.update(self.task, completed=state.global_step)

    def on_log(self, args, state, control, logs=None, **kwargs):
        if logs and "loss" in logs:
            self.progress.update(self.task, loss=f"loss {float(logs['loss']):.3f}")


def encode_examples(
    examples: Sequence[Example], graphs: dict[str, MoleculeGraph], processor: LlamoProcessor, *, seed: int
) -> list[dict[str, Any]]:
    """Conversations as ids, labels and graph arrays, made once rather than in every epoch.

    A conversation asks a few things about one molecule, in random order: each molecule is encoded less often.
    """
    by_molecule: dict[str, list[Example]] = {}
    for example in examples:
        by_molecule.setdefault(example.molecule.smiles, []).append(example)
    order, conversations = random.Random(seed), []
    for asked in by_molecule.values():
        order.shuffle(asked)
        for start in range(0, len(asked), TURNS):
            conversations.append(_conversation(asked[start : start + TURNS], graphs))
    return [processor.encode_conversation(conversation) for conversation in conversations]


def train(
    model: PreTrainedModel,
    processor: LlamoProcessor,
    encoded: list[dict[str, Any]],
    *,
    folder: Path,
    epochs: int,
    seed: int,
    device: str,
    progress: Progress,
) -> float:
    """Trains in place.

    Returns:
        The mean training loss.
    """
    trainer = Trainer(
        model=model,
        args=_arguments(folder, epochs=epochs, seed=seed, device=device),
        train_dataset=encoded,  # type: ignore[arg-type]  # any sequence is a map-style data set
        data_collator=LlamoDataCollator(processor),
        callbacks=[RichProgress(progress)],
    )
    trainer.remove_callback(PrinterCallback)
    return trainer.train().training_loss


def progress_bar(**options) -> Progress:
    """The progress bar that `train` draws in."""
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), "steps", TimeRemainingColumn())
    return Progress(*columns, TextColumn("{task.fields[loss]}"), **options)


def _arguments(folder: Path, *, epochs: int, seed: int, device: str) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(folder / "trainer"),
        num_train_epochs=epochs,
        per_device_train_batch_size=32,
        learning_rate=2e-3,
        lr_scheduler_type="cosine",
        warmup_steps=0.1,  # below 1: a share of all steps
        weight_decay=0.05,
        seed=seed,
        use_cpu=device == "cpu",
        logging_steps=10,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=device != "cpu",
        remove_unused_columns=False,  # graph tensors are not in the signature Trainer looks at
    )


def _conversation(examples: Sequence[Example], graphs: dict[str, MoleculeGraph]) -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = []
    for example in examples:
        turns += [{"role": "user", "content": example.question}, {"role": "assistant", "content": example.truth}]
    molecule = {"type": "molecule", "molecule": graphs[examples[0].molecule.smiles]}
    turns[0]["content"] = [molecule, {"type": "text", "text": examples[0].question}]
    return turns
