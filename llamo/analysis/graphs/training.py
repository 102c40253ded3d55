"""One tiny LLaMo from scratch, shown graphs in one way, and what it then answers. Finished runs are kept as JSON."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from llamo.analysis.graphs.rows import KIND, Asked, processor
from llamo.compact.batches import padded_groups
from llamo.compact.model import Size, build
from llamo.compact.schedule import Schedule, Stage
from llamo.compact.views import Views, seen
from llamo.whole_files import write_whole
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator
from processors.example import divide

# The paper's encoder depth and projector, a decoder of two layers.
SIZE = Size(width=64, layers=2, heads=4, inner=128, graph_width=64, mlp_depth=2)
GRAPH = {"molecular": False, "atom_vocab_sizes": list(KIND.node_vocab_sizes), "bond_vocab_sizes": [1]}
_TOKENS = 2048


@dataclass(frozen=True)
class Arm:
    """A way to show graphs.

    Attributes:
        name: in tables.
        view: `both`, `graph` or `smiles` (the text alone), of `llamo.compact.views`.
        motifs: whether communities are there.
    """

    name: str
    view: str
    motifs: bool = True


ARMS = (
    Arm("text", "smiles"),
    Arm("graph", "graph"),
    Arm("graph and text", "both"),
    Arm("graph without communities", "graph", motifs=False),
)


def run(
    arm: Arm, learned: Asked, asked: Mapping[str, Asked], folder: Path, *, settings: Mapping[str, Any], device: str
) -> dict[str, list[int]]:
    """Trains on `learned` and asks; or reads what a run with these settings has left in the folder.

    Args:
        arm: see there.
        learned: rows to train on.
        asked: rows to ask, by name.
        folder: for results and, until they are there, a checkpoint that a killed run goes on from.
        settings: `seed`, `steps`, `learning_rate`, and whatever else must be the same for a result to be read again.
        device: to train on.

    Returns:
        1 or 0 for each question asked, by name.
    """
    from llamo.compact.loop import train

    name = f"{arm.name.replace(' ', '-')}-{settings['seed']}"
    path = folder / f"{name}.json"
    wanted = {**settings, "arm": asdict(arm), "size": asdict(SIZE), "max_tokens": _TOKENS}
    if path.is_file() and (found := json.loads(path.read_text(encoding="utf-8")))["settings"] == wanted:
        return found["right"]
    work = folder / f"{name}.work"
    _forget_other(work, wanted)
    model = _build(settings["seed"])
    if not arm.motifs:
        learned, asked = learned.without_motifs(), {key: one.without_motifs() for key, one in asked.items()}
    collate, schedule = LlamoDataCollator(processor()), _schedule(arm, settings)
    train(model, collate, learned.rows, next(iter(asked.values())).rows, schedule, work, device=device)
    right = {key: ask(model, one, arm.view, device) for key, one in asked.items()}
    write_whole(path, json.dumps({"settings": wanted, "right": right}))
    shutil.rmtree(work)
    return right


def ask(model: LlamoForConditionalGeneration, asked: Asked, view: str, device: str) -> list[int]:
    """1 for each question whose first greedy word is the answer, else 0; all answers are one word."""
    import torch

    made = processor()
    collate, rows = LlamoDataCollator(made, for_generation=True), asked.rows
    right = np.zeros(len(rows), int)
    model.eval()
    for group in padded_groups(rows.lengths, 4 * _TOKENS, seed=(0,)):
        questions = [divide(seen(rows, row, view, graph_token_id=made.graph_token_id)) for row in group]
        inputs = {name: tensor.to(device) for name, tensor in collate(questions).items()}
        wanted = inputs.pop("labels")[:, 0]
        with torch.inference_mode():
            said = model.generate(**inputs, max_new_tokens=1, do_sample=False)[:, -1]
        right[group] = (said == wanted).int().cpu().numpy()
    return right.tolist()


def count_weights() -> int:
    """Of the model that every arm trains."""
    return sum(weight.numel() for weight in _build(0).parameters())


def _build(seed: int) -> LlamoForConditionalGeneration:
    return build(processor(), SIZE, seed=seed, graph=GRAPH, projector={"motif_vocab_size": KIND.motif_width})


def _schedule(arm: Arm, settings: Mapping[str, Any]) -> Schedule:
    steps = settings["steps"]
    return Schedule(
        (Stage(steps, learning_rate=settings["learning_rate"]),),
        max_tokens=_TOKENS,
        warmup_steps=min(50, steps // 4),
        weight_decay=0.01,
        seed=settings["seed"],
        save_every=200,
        evaluate_every=steps + 1,
        views=Views(**{name: float(name == arm.view) for name in ("both", "graph", "smiles")}),
    )


def _forget_other(work: Path, settings: Mapping[str, Any]):
    """A checkpoint of other settings is of no use."""
    note = work / "settings.json"
    text = json.dumps(settings, sort_keys=True)
    if note.is_file() and note.read_text(encoding="utf-8") != text:
        shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    note.write_text(text, encoding="utf-8")
