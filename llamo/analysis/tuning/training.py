"""Stage 1 on descriptions, and what is learned after it. A killed run goes on. Knows the compact model's loop."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from llamo.analysis.laboratory.shown import take
from llamo.analysis.tuning.material import CONVERSATIONS, QUESTIONS, Lessons
from llamo.compact.loop import train
from llamo.compact.model import Size, build
from llamo.compact.schedule import Schedule, Stage
from llamo.compact.views import Views
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator

SIZE = Size(width=96, layers=2, heads=4, inner=192, graph_width=64)
PROJECTOR = {"num_query_tokens": 1}
# A token for each of six levels, and four for groups.
GRAPH_TOKENS = 10
# The paper's first stage alone; and its second one with as many steps each: the same descriptions again (what more
# training is worth), with plain questions, with conversations.
STAGE_1 = "stage 1"
ARMS: dict[str, Mapping[str, float]] = {
    "more captions": {QUESTIONS: 0, CONVERSATIONS: 0},
    "plain questions": {CONVERSATIONS: 0},
    "conversations": {QUESTIONS: 0},
}
_ONLY = {QUESTIONS: 0, CONVERSATIONS: 0}


def trained(
    lessons: Lessons, name: str, folder: Path, *, seed: int, steps: tuple[int, int], device: str
) -> LlamoForConditionalGeneration:
    """The model of an arm, in evaluation mode.

    Args:
        lessons: what is learned.
        name: `STAGE_1` or one of `ARMS`.
        folder: of the seed; keeps the checkpoint of stage 1, which all arms go on from.
        seed: of weights and order.
        steps: of both stages.
        device: to compute on.
    """
    model = build(lessons.processor, SIZE, seed=seed, projector=PROJECTOR)
    stages = [Stage(steps[0], _ONLY, 4e-3)]
    run = folder / name.replace(" ", "-")
    if name != STAGE_1:
        stages.append(Stage(steps[1], ARMS[name], 2e-3))
        shutil.rmtree(run, ignore_errors=True)
        shutil.copytree(folder / STAGE_1.replace(" ", "-"), run)
    schedule = Schedule(
        tuple(stages),
        max_tokens=1500,
        warmup_steps=min(30, max(1, steps[0] // 4)),
        seed=seed,
        save_every=sum(steps),
        evaluate_every=sum(steps),
        views=Views(1, 0, 0),
    )
    looked_at = take(lessons.rows, np.arange(1))
    train(model, LlamoDataCollator(lessons.processor), lessons.rows, looked_at, schedule, run, device=device)
    if name != STAGE_1:
        shutil.rmtree(run)
    return model.eval()
