"""One stage of a run: what trains, its Trainer, its results."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from transformers import AutoModel, TrainerState, TrainingArguments

from llamo.training.building import four_bit, loading
from llamo.training.checkpoints import last_whole
from llamo.training.examples import StageData
from llamo.training.graph_diagnostic import GraphDiagnosticCallback
from llamo.training.graph_use import GraphUseOptions
from llamo.training.measures import save_history
from llamo.training.parts import Part, add_lora, count_parts, freeze, parts_table
from llamo.training.recipe import Recipe, StageRecipe
from llamo.training.stopping import StopOnSignal, TrainingStopped, data_errors, memory_errors, remedy
from llamo.training.trainer import LlamoTrainer
from llamo.whole_files import write_whole
from processors import LlamoDataCollator, LlamoPackingCollator, LlamoProcessor


@dataclass
class StageResult:
    """What a stage ended with.

    Attributes:
        name: of the stage.
        parts: what trained.
        metrics: the last value of everything that was logged.
        fingerprint: of its data.
    """

    name: str
    parts: list[Part]
    metrics: dict[str, Any] = field(default_factory=dict)
    fingerprint: dict[str, Any] = field(default_factory=dict)


def prepare(model: Any, recipe: Recipe, stage: StageRecipe, base: Path) -> Any:
    """The model with the stage's parts frozen and, where asked for, LoRA on a (4-bit) language model."""
    if stage.lora is not None and recipe.model.load_in_4bit:
        model = AutoModel.from_pretrained(base, **loading(recipe.model, quantization_config=four_bit()))
    freeze(model, stage.trains)
    if stage.lora is not None:
        model = add_lora(model, stage.lora, stage.trains, seed=recipe.seed)
    return model


def arguments_of(recipe: Recipe, stage: StageRecipe, folder: Path) -> TrainingArguments:
    """`TrainingArguments` of a stage: the recipe's over ours.

    Raises:
        ValueError: a field that `TrainingArguments` does not have.
    """
    on_gpu = torch.cuda.is_available()
    ours: dict[str, Any] = {
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "use_cpu": not on_gpu,
        "dataloader_pin_memory": on_gpu,
        "report_to": "none",
        "save_total_limit": 2,
        "eval_strategy": "epoch" if stage.validation else "no",
        "prediction_loss_only": True,
        "include_num_input_tokens_seen": "non_padding",
    }
    # Graph tensors are not in the signature Trainer looks at; batches come whole to every rank; no number is hidden.
    fixed: dict[str, Any] = {
        "output_dir": str(folder / "checkpoints"),
        "remove_unused_columns": False,
        "label_names": ["labels"],
        "logging_nan_inf_filter": False,
        "accelerator_config": {"dispatch_batches": False},
        "ddp_find_unused_parameters": False,
    }
    if clash := sorted(fixed.keys() & stage.arguments.keys()):
        raise ValueError(f"stage {stage.name}: arguments cannot set {', '.join(clash)}")
    try:
        return TrainingArguments(**{**ours, **stage.arguments, **fixed})
    except TypeError as error:
        raise ValueError(f"stage {stage.name}: arguments: {error}") from None


def graph_use_of(stage: StageRecipe) -> GraphUseOptions:
    """Graph dropout and preference of a stage.

    Raises:
        ValueError: a field they do not have, or a value out of its range.
    """
    try:
        return GraphUseOptions(**stage.graph_use)
    except TypeError as error:
        raise ValueError(f"stage {stage.name}: graph_use: {error}") from None


def train_stage(
    model: Any,
    processor: LlamoProcessor,
    recipe: Recipe,
    stage: StageRecipe,
    data: StageData,
    folder: Path,
    *,
    resume: bool,
) -> tuple[StageResult, LlamoTrainer]:
    """Trains a prepared model in place and leaves `metrics.jsonl` and pictures in `folder`.

    Returns:
        The result, and the trainer that can save the model however it is spread over processes.

    Raises:
        TrainingStopped: a signal, a loss that is no number, a full disk, memory that ran out or a stream that broke; a
            checkpoint is there to go on from.
    """
    arguments = arguments_of(recipe, stage, folder)
    trainer, stop = _make_trainer(model, processor, stage, data, arguments), StopOnSignal()
    trainer.add_callback(stop)
    result = StageResult(stage.name, count_parts(model, stage.trains))
    checkpoints = Path(str(arguments.output_dir))
    if trainer.is_world_process_zero():
        Console(stderr=True).print(parts_table(result.parts, f"stage {stage.name}"))
    start = last_whole(checkpoints, remove_others=trainer.is_world_process_zero()) if resume else None
    try:
        streams = [one.rows.source for one in data.sources if one.rows.source.streaming]
        with stop.installed(), data_errors(streams, checkpoints), memory_errors(checkpoints):
            _train(trainer, start)
        if stop.received is not None:
            raise TrainingStopped(f"stopped at step {trainer.state.global_step}; {remedy(checkpoints)}")
        if data.validation is not None:
            trainer.evaluate()
    finally:
        if trainer.is_world_process_zero():
            with suppress(OSError):  # a full disk has been reported already
                save_history(trainer.state.log_history, folder)
    result.metrics, result.fingerprint = _last_values(trainer.state.log_history), data.fingerprint
    return result, trainer


def _train(trainer: LlamoTrainer, start: Path | None):
    """Trains from a checkpoint, or from the beginning; after the last step there is nothing left but its weights."""
    if start is not None:
        state = TrainerState.load_from_json(str(start / "trainer_state.json"))
        if state.global_step >= state.max_steps > 0:
            trainer._load_from_checkpoint(str(start))
            trainer.state = state
            return
    trainer.train(resume_from_checkpoint=None if start is None else str(start))


def _make_trainer(
    model: Any, processor: LlamoProcessor, stage: StageRecipe, data: StageData, arguments: TrainingArguments
) -> LlamoTrainer:
    collator = LlamoDataCollator(processor) if stage.max_tokens is None else LlamoPackingCollator(processor)
    trainer = LlamoTrainer(
        model=model,
        args=arguments,
        train_dataset=data.train,
        eval_dataset=data.validation,
        data_collator=collator,
        max_tokens=stage.max_tokens,
        loss_only=stage.loss_only,
        graph_use=graph_use_of(stage),
    )
    if data.validation is not None and stage.graph_diagnostic_rows:
        callback = GraphDiagnosticCallback(trainer, LlamoDataCollator(processor), max_rows=stage.graph_diagnostic_rows)
        trainer.add_callback(callback)
    return trainer


def _last_values(history: list[dict[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for entry in history:
        values |= entry
    return values


def save_result(result: StageResult, folder: Path):
    """`result.json`: written last, so its presence says that the stage is finished."""
    values = {**vars(result), "parts": [vars(part) for part in result.parts]}
    write_whole(folder / "result.json", json.dumps(values, indent=2))


def load_result(folder: Path) -> StageResult | None:
    """The result of a finished stage, or None."""
    path = folder / "result.json"
    if not path.is_file():
        return None
    values = json.loads(path.read_text(encoding="utf-8"))
    return StageResult(**{**values, "parts": [Part(**part) for part in values["parts"]]})
