"""Graph preference at the laboratory's size: one model trained on, with and without it. Runs and numbers only."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from llamo.analysis.graph_use.variants import SHUFFLED, TRUE, variants
from llamo.analysis.laboratory.arm import SMALL, Arm
from llamo.analysis.laboratory.material import Material
from llamo.analysis.laboratory.measuring import score_rows
from llamo.analysis.laboratory.running import train_arm
from llamo.analysis.laboratory.shown import shown
from llamo.whole_files import write_whole
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator

WITHOUT, WITH = "without preference", "with preference"
# The published weight of the preference loss.
WEIGHTS = {WITHOUT: 0.0, WITH: 0.25}
BATCH_SIZE = 8


@dataclass(frozen=True)
class Tuned:
    """One model after training on.

    Attributes:
        settings: of the run.
        loss: nats per token of true answers, by test and by what the graphs are.
        right: share of facts that are right, by what the graphs are.
    """

    settings: Mapping[str, Any]
    loss: Mapping[str, Mapping[str, float]]
    right: Mapping[str, float]

    def gap(self, test: str) -> float:
        """What another molecule's graph costs, in nats per token."""
        return self.loss[test][SHUFFLED] - self.loss[test][TRUE]


def tune(
    material: Material,
    folder: Path,
    *,
    seeds: int,
    steps: int,
    tuning_steps: int,
    device: str = "cpu",
    tell: Callable[[str], None] = lambda line: None,
) -> dict[str, list[Tuned]]:
    """For each seed one model with SMILES and graph in its prompts, trained on in both ways: by way, one per seed."""
    found: dict[str, list[Tuned]] = {way: [] for way in WEIGHTS}
    for seed in range(seeds):
        arm = Arm("multi-level", view="both", seed=seed, steps=steps, base_steps=0, size=SMALL)
        model = None
        for way, weight in WEIGHTS.items():
            path = folder / f"{way.replace(' ', '-')}-seed-{seed}.json"
            own = {"weight": weight, "steps": tuning_steps, "material": material.digest("all")}
            settings = json.loads(json.dumps({**arm.settings(), "tuning": own}))
            tuned = Tuned(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
            if tuned is None or tuned.settings != settings:
                model = train_arm(arm, material, folder, device=device) if model is None else model
                copy = deepcopy(model)
                _train_on(copy, material, weight, steps=tuning_steps, seed=seed, device=device)
                tuned = Tuned(settings, *_measured(copy, material))
                write_whole(path, json.dumps(asdict(tuned)) + "\n")
                tell(f"{way}, seed {seed}")
            found[way].append(tuned)
    return found


def _train_on(
    model: LlamoForConditionalGeneration, material: Material, weight: float, *, steps: int, seed: int, device: str
):
    """Trains in place, on the rows of the material with SMILES and graph."""
    from transformers import PrinterCallback, TrainingArguments

    from llamo.training.graph_use import GraphUseOptions, GraphUseTrainer

    processor = material.processor
    rows = shown(
        material.train, "both", graph_token_id=processor.graph_token_id, num_graph_tokens=processor.num_graph_tokens
    )
    with TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            max_steps=steps,
            per_device_train_batch_size=BATCH_SIZE,
            learning_rate=1e-3,
            seed=seed,
            use_cpu=device == "cpu",
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            dataloader_pin_memory=device != "cpu",
            remove_unused_columns=False,
        )
        trainer = GraphUseTrainer(
            model=model,
            args=arguments,
            train_dataset=rows,
            data_collator=LlamoDataCollator(processor),
            graph_use=GraphUseOptions(preference_weight=weight, seed=seed),
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()


def _measured(
    model: LlamoForConditionalGeneration, material: Material
) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """`Tuned.loss` and `Tuned.right`."""
    loss: dict[str, dict[str, float]] = {}
    right: dict[str, float] = {}
    for test, rows in material.tests.items():
        loss[test] = {}
        for graphs, examples in variants(rows, "both", material.processor).items():
            scores = score_rows(model, LlamoDataCollator(material.processor), examples)
            loss[test][graphs] = float(scores.loss.sum() / scores.tokens.sum())
            if test == "facts":
                right[graphs] = float(scores.right.mean())
    return loss, right
