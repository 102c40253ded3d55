"""Stage 1, and arms that go on from it."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from llamo.analysis.tuning import training
from llamo.analysis.tuning.material import lessons
from llamo.analysis.tuning.training import ARMS, GRAPH_TOKENS, STAGE_1, trained
from llamo.compact import loop
from tests.llamo.analysis.laboratory.small import SIZE
from tests.llamo.analysis.tuning.talks import talks


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(training, "SIZE", replace(SIZE, mlp_depth=2))
    return lessons(talks(), learned=8, kept=4, graph_tokens=GRAPH_TOKENS)


def weights(model) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in model.parameters()])


def test_arms_differ_and_stage_1_is_made_once(small, tmp_path: Path, monkeypatch):
    steps = []
    update = loop._update
    monkeypatch.setattr(loop, "_update", lambda *args: steps.append(args[-1]) or update(*args))
    models = [trained(small, name, tmp_path, seed=0, steps=(2, 2), device="cpu") for name in (STAGE_1, *ARMS)]
    assert steps == [0, 1, *[2, 3] * len(ARMS)]
    found = [weights(model) for model in models]
    assert not any(torch.equal(found[0], other) for other in found[1:])
    assert not torch.equal(found[2], found[3])


def test_graph_tokens_are_as_many_as_the_model_makes(small, tmp_path: Path):
    model = trained(small, STAGE_1, tmp_path, seed=0, steps=(1, 1), device="cpu")
    assert model.config.num_graph_tokens == GRAPH_TOKENS
