"""A whole run: every stage of a recipe in one folder, from the first model to card, adapter and merged export."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import set_seed

from llamo.hub.card import write_card
from llamo.loading import load_pair
from llamo.training.building import build_model, loading
from llamo.training.examples import load_stage, source_of, training_texts
from llamo.training.export import merge_adapter, save_model, save_trained
from llamo.training.recipe import Recipe, StageRecipe
from llamo.training.stage import (
    arguments_of,
    graph_use_of,
    load_result,
    prepare,
    save_result,
    train_stage,
)
from llamo.training.stopping import disk_errors
from llamo.whole_files import write_whole
from processors import LlamoProcessor


def run_recipe(recipe: Recipe, *, resume: bool = False) -> Path:
    """Runs all stages.

    The folder gets `recipe.yaml` (resolved), per stage `N-NAME/` with checkpoints, metrics, pictures, bad rows and data
    fingerprint, and at the end `model/` (merged where there was LoRA), `adapter/` (where the last stage was LoRA) and
    the model card.

    Args:
        recipe: what to do.
        resume: go on in a folder that is there; finished stages are not repeated.

    Returns:
        The folder of the finished model.

    Raises:
        ValueError: the recipe or the data do not fit, or the folder is there and `resume` is off.
        TrainingStopped: see `train_stage`.
    """
    # First of all, or `TrainingArguments` sets the default time that others wait while the first process encodes.
    state = PartialState(cpu=not torch.cuda.is_available(), timeout=timedelta(hours=6))
    check_recipe(recipe)
    folder = Path(recipe.output)
    with state.main_process_first():
        if state.is_main_process:
            _open_folder(folder, recipe, resume=resume)
        set_seed(recipe.seed)
        model, processor = _first_model(recipe, folder)
    for number, stage in enumerate(recipe.stages):
        place = folder / f"{number + 1}-{stage.name}"
        output = folder / "model" if number == len(recipe.stages) - 1 else place / "model"
        if load_result(place) is None:
            _run_stage(model, processor, recipe, stage, place, output, resume=resume)
        if number < len(recipe.stages) - 1:
            model, _ = load_pair(output, **loading(recipe.model, dtype="auto"))
    if state.is_main_process:
        for place in ("model", "adapter"):
            if (folder / place).is_dir():
                write_card(folder / place, overwrite=True)
    return folder / "model"


def check_recipe(recipe: Recipe):
    """Refuses mistakes in any stage before the first one begins.

    Raises:
        ValueError: arguments, graph use or a source that do not fit.
    """
    for stage in recipe.stages:
        arguments_of(recipe, stage, Path(recipe.output))
        graph_use_of(stage)
        for values in [*stage.train, *stage.validation, *recipe.data.held_out]:
            source_of(values)


def _open_folder(folder: Path, recipe: Recipe, *, resume: bool):
    if folder.exists() and any(folder.iterdir()) and not resume:
        raise ValueError(f"{folder} is not empty; go on there with --resume, or choose another output")
    written = folder / "recipe.yaml"
    if written.exists() and written.read_text(encoding="utf-8") != recipe.to_yaml():
        raise ValueError(
            f"{written} differs from this recipe; go on with the same recipe and overrides, or choose another output"
        )
    write_whole(written, recipe.to_yaml())


def _first_model(recipe: Recipe, folder: Path) -> tuple[Any, LlamoProcessor]:
    """The model the first stage begins with; saved where LoRA needs a base to belong to."""
    base = folder / "0-base"
    if (base / "processor_config.json").exists():
        return load_pair(base, **loading(recipe.model, dtype="auto"))
    model, processor = build_model(recipe.model, training_texts(recipe.stages, seed=recipe.seed), seed=recipe.seed)
    if recipe.stages[0].lora is not None and PartialState().is_main_process:
        save_model(model, processor, base)
    return model, processor


def _run_stage(
    model: Any,
    processor: LlamoProcessor,
    recipe: Recipe,
    stage: StageRecipe,
    place: Path,
    output: Path,
    *,
    resume: bool,
):
    state = PartialState()
    place.mkdir(parents=True, exist_ok=True)
    with state.main_process_first():  # the first process encodes, the others read its cache
        data = load_stage(recipe, stage, processor, place)
    if state.is_main_process:
        write_whole(place / "data.json", json.dumps(data.fingerprint, indent=2))
    base = _base_of(recipe, stage, place)
    adapted = prepare(model, recipe, stage, base)
    result, trainer = train_stage(adapted, processor, recipe, stage, data, place, resume=resume)
    with disk_errors(place / "checkpoints"):
        target = output if stage.lora is None else output.with_name("adapter")
        save_trained(trainer, processor, target, base=None if stage.lora is None else base)
        if state.is_main_process:
            if stage.lora is not None:
                merge_adapter(target, base, processor, output, dtype=model.lm_head.weight.dtype)
            save_result(result, place)
    state.wait_for_everyone()


def _base_of(recipe: Recipe, stage: StageRecipe, place: Path) -> Path:
    """The saved model a stage begins with."""
    number = recipe.stages.index(stage)
    if number == 0:
        return place.parent / "0-base"
    return place.parent / f"{number}-{recipe.stages[number - 1].name}" / "model"
