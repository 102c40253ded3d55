"""The fused loss: which heads it takes, and that it is the ordinary loss, also with Liger's own kernel."""

import os
import subprocess
import sys
from importlib.util import find_spec
from types import ModuleType

import pytest
import torch
from torch import nn

from modeling_llamo import fused_loss
from modeling_llamo.fused_loss import can_fuse, fused_sum
from modeling_llamo.loss import is_bare
from tests.modeling_llamo.test_loss import EVERY, loss_and_gradients, model_and_batch
from tests.paths import REPOSITORY

TRANSFORMED = {"granite", "cohere", "gemma2"}  # their logits do not stay as the head gives them
# In a process of its own: Triton looks at TRITON_INTERPRET once, when a kernel is defined.
WITH_LIGER = """
import sys
from tests.modeling_llamo.test_fused_loss import is_the_ordinary_loss
for family in ("llama", "tied", "phi"):
    is_the_ordinary_loss(family)
assert "liger_kernel.transformers.functional" in sys.modules
"""


@pytest.fixture
def liger(monkeypatch):
    """A stand-in with the signature of Liger's function, which counts its calls."""
    calls = []

    def liger_fused_linear_cross_entropy(input, weight, target, bias=None, reduction="mean"):
        calls.append(len(target))
        logits = nn.functional.linear(input, weight, bias)
        return nn.functional.cross_entropy(logits, target, reduction=reduction)

    module = ModuleType("liger_kernel.transformers.functional")
    module.liger_fused_linear_cross_entropy = liger_fused_linear_cross_entropy  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "liger_kernel.transformers.functional", module)
    monkeypatch.setattr(fused_loss, "is_liger_kernel_available", lambda: True)
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    return calls


def is_the_ordinary_loss(family: str):
    model, batch = model_and_batch(family, chunk_size=2)
    ordinary, expected = loss_and_gradients(model, batch)
    lean, found = loss_and_gradients(model, batch, loss_only=True)
    torch.testing.assert_close(lean.loss, ordinary.loss, atol=1e-6, rtol=1e-6)
    assert found.keys() == expected.keys()
    for name in expected:
        torch.testing.assert_close(found[name], expected[name], atol=1e-6, rtol=1e-4, msg=name)


@pytest.mark.parametrize("family", EVERY)
def test_it_is_the_ordinary_loss(liger, family):
    is_the_ordinary_loss(family)
    assert bool(liger) == (family not in TRANSFORMED)


def test_all_labels_are_taken_at_once(liger):
    model, batch = model_and_batch(chunk_size=2)
    loss_and_gradients(model, batch, loss_only=True)
    assert liger == [int((batch["labels"][:, 1:] != -100).sum())]


def test_a_batch_without_labels_does_not_reach_the_kernel(liger):
    model, batch = model_and_batch()
    model(**{**batch, "labels": torch.full_like(batch["labels"], -100)}, loss_only=True)
    assert not liger


def test_the_placeholder_gets_no_probability_and_no_gradient(liger):
    head = nn.Linear(4, 6)
    states, targets = torch.randn(3, 4), torch.tensor([0, 1, 5])
    fused_sum(states, targets, head, never=3).backward()
    assert head.weight.grad is not None and head.bias.grad is not None
    assert not head.weight.grad[3].any() and not head.bias.grad[3].any()
    assert head.weight.grad[2].any()


def config():
    return model_and_batch()[0].config.text_config


@pytest.mark.parametrize("head", [lambda states: states, nn.Sequential(nn.Linear(4, 6)), nn.Embedding(4, 6)])
def test_only_plain_linear_heads_are_taken_over(head):
    assert is_bare(nn.Linear(4, 6), torch.zeros(2, 4), config())
    assert not is_bare(head, torch.zeros(2, 4), config())


def test_a_head_with_a_hook_is_called_as_it_is():
    head = nn.Linear(4, 6)
    head.register_forward_hook(lambda *_: None)
    assert not is_bare(head, torch.zeros(2, 4), config())


def test_under_autocast_and_in_another_dtype_the_head_is_called():
    head = nn.Linear(4, 6)
    assert not is_bare(head, torch.zeros(2, 4, dtype=torch.bfloat16), config())
    with torch.autocast("cpu", torch.bfloat16):
        assert not is_bare(head, torch.zeros(2, 4), config())


@pytest.mark.parametrize(("installed", "interpreted"), [(False, "1"), (True, "0")])
def test_without_liger_or_a_gpu_nothing_is_fused(monkeypatch, installed, interpreted):
    monkeypatch.setattr(fused_loss, "is_liger_kernel_available", lambda: installed)
    monkeypatch.setenv("TRITON_INTERPRET", interpreted)
    assert not can_fuse(torch.zeros(2, 4))


def test_it_is_the_ordinary_loss_with_ligers_kernel():
    if find_spec("liger_kernel") is None:
        pytest.skip("liger-kernel is not installed (pip install liger-kernel)")
    environment = {**os.environ, "TRITON_INTERPRET": "1"}
    result = subprocess.run(
        [sys.executable, "-c", WITH_LIGER], cwd=REPOSITORY, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
