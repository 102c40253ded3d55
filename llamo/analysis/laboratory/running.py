"""Arms are trained and measured one after the other; what is finished is kept, so that a killed series goes on."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from llamo.analysis.laboratory.arm import Arm
from llamo.analysis.laboratory.material import Material
from llamo.analysis.laboratory.measuring import bleu_4, score_rows
from llamo.analysis.laboratory.result import Result, by_kind
from llamo.analysis.laboratory.shown import shown, take
from llamo.compact.loop import train
from llamo.compact.model import build
from llamo.compact.schedule import Schedule, Stage
from llamo.compact.views import Views
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator


def run_arms(
    arms: Iterable[Arm],
    material: Material,
    folder: Path,
    *,
    device: str = "cpu",
    descriptions: int = 0,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Result]:
    """Results of the arms, in their order; those that `folder` has with the same settings and rows are not run again.

    Args:
        arms: what to run; a name with a seed stands once.
        material: what is learned and asked.
        folder: gets one JSON for each arm and seed.
        device: to compute on.
        descriptions: so many of the test "captions" are also answered by greedy search, for BLEU-4.
        tell: takes a line about each run.

    Raises:
        ValueError: a name with its seed stands twice, or an arm does not fit the material.
    """
    results: dict[Path, Result] = {}
    for arm in arms:
        file_name = re.sub(r"\W+", "-", arm.name)
        path = folder / f"{file_name}-seed-{arm.seed}.json"
        if path in results:
            raise ValueError(f"two arms are {arm.name!r} with seed {arm.seed}; give each name and seed once")
        settings = _settings(arm, material, descriptions)
        found = Result.read(path)
        if found is None or found.settings != settings:
            found = _run(arm, settings, material, folder, device, descriptions)
            found.write(path)
            tell(f"{arm.name}, seed {arm.seed}: {found.seconds:.0f} s")
        results[path] = found
    return list(results.values())


def train_arm(arm: Arm, material: Material, folder: Path, *, device: str = "cpu") -> LlamoForConditionalGeneration:
    """The arm's trained model, in evaluation mode; `folder` keeps the decoder that it starts from."""
    processor = material.processor
    decoder = _base(arm, material, folder, device) if arm.base_steps else {}
    model = build(processor, arm.size, seed=arm.seed, projector=dict(arm.projector), graph=dict(arm.graph))
    model.load_state_dict(decoder, strict=False)
    rows = shown(
        material.learned(arm.rows),
        arm.view,
        graph_token_id=processor.graph_token_id,
        num_graph_tokens=model.config.num_graph_tokens,
    )
    schedule = Schedule(
        (Stage(arm.steps, learning_rate=arm.learning_rate),),
        max_tokens=arm.tokens,
        warmup_steps=min(30, max(1, arm.steps // 4)),
        seed=arm.seed,
        save_every=arm.steps,
        evaluate_every=arm.steps,
        views=Views(1, 0, 0),  # the rows are already as the arm sees them
    )
    collate, few = LlamoDataCollator(processor), take(rows, np.arange(1))
    with TemporaryDirectory() as run:
        train(model, collate, rows, few, schedule, Path(run), device=device)
    return model.eval()


def _base(arm: Arm, material: Material, folder: Path, device: str) -> dict[str, torch.Tensor]:
    """Weights of a decoder that knows text alone, made once."""
    base = arm.base()
    settings = json.dumps([base.settings(), material.digest(base.rows)])
    path = folder / f"base-{hashlib.sha256(settings.encode()).hexdigest()[:12]}.safetensors"
    if not path.is_file():
        model = train_arm(base, material, folder, device=device)
        graph_side = ("model.graph_encoder.", "model.projector.", "lm_head.")  # the head is tied
        weights = {name: value for name, value in model.state_dict().items() if not name.startswith(graph_side)}
        folder.mkdir(parents=True, exist_ok=True)
        save_file(weights, path.with_suffix(".part"))
        path.with_suffix(".part").rename(path)
    return load_file(path)


def _run(arm: Arm, settings: dict, material: Material, folder: Path, device: str, descriptions: int) -> Result:
    started = time.monotonic()
    model = train_arm(arm, material, folder, device=device)
    seconds = time.monotonic() - started
    collate, tokens = LlamoDataCollator(material.processor), model.config.num_graph_tokens
    kinds, bleu = {}, None
    for name, asked in material.tests.items():
        graph_token_id = material.processor.graph_token_id
        rows = shown(asked, arm.view, graph_token_id=graph_token_id, num_graph_tokens=tokens)
        kinds |= by_kind(rows, score_rows(model, collate, rows))
        if descriptions and name == "captions":
            bleu = bleu_4(model, collate, take(rows, np.arange(min(descriptions, len(rows)))))
    weights = sum(weight.numel() for weight in model.parameters())
    return Result(settings, kinds, bleu, weights, tokens if arm.view in ("both", "graph") else 0, seconds)


def _settings(arm: Arm, material: Material, descriptions: int) -> dict:
    """As they read from JSON."""
    found = {**arm.settings(), "material": material.digest(arm.rows), "descriptions": descriptions}
    return json.loads(json.dumps(found))
