"""Liger's kernels reach the language model inside LLaMo; what is missing or unknown is said."""

import sys
from types import ModuleType, SimpleNamespace

import pytest
from peft import LoraConfig, get_peft_model
from transformers import TrainingArguments

from llamo.training import liger
from llamo.training.liger import apply_to_text_model
from llamo.training.trainer import LlamoTrainer
from tests.tiny import tiny_model


@pytest.fixture
def patched(monkeypatch):
    """What a stand-in for Liger was asked to patch."""
    calls = []
    functions = ModuleType("liger_kernel.transformers.monkey_patch")
    functions.MODEL_TYPE_TO_APPLY_LIGER_FN = {"llama": None}  # type: ignore[attr-defined]
    functions._apply_liger_kernel_to_instance = lambda model, **options: calls.append((model, options))  # type: ignore[attr-defined]
    package = ModuleType("liger_kernel.transformers")
    package.monkey_patch = functions  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "liger_kernel.transformers", package)
    monkeypatch.setattr(liger, "is_liger_kernel_available", lambda: True)
    return calls


def test_the_language_model_is_patched_but_not_its_loss(patched):
    model = tiny_model()
    apply_to_text_model(model, {"rope": False, "fused_linear_cross_entropy": True})
    [(decoder, options)] = patched
    assert decoder is model.model.language_model
    assert options == {"rope": False, "cross_entropy": False, "fused_linear_cross_entropy": False}


def test_adapters_are_looked_through(patched):
    model = tiny_model()
    apply_to_text_model(get_peft_model(model, LoraConfig(target_modules=["q_proj"])))
    assert patched[0][0] is model.model.language_model


def test_a_language_model_that_liger_does_not_know_is_said(patched, monkeypatch):
    said = []
    monkeypatch.setattr(liger, "logger", SimpleNamespace(warning=said.append))
    sys.modules["liger_kernel.transformers"].monkey_patch.MODEL_TYPE_TO_APPLY_LIGER_FN.clear()  # type: ignore[attr-defined]
    apply_to_text_model(tiny_model())
    assert not patched
    assert "'llama'" in said[0]


def test_the_trainer_turns_kernels_and_fused_loss_on(patched, tmp_path):
    arguments = TrainingArguments(output_dir=str(tmp_path), use_liger_kernel=True, use_cpu=True, report_to="none")
    trainer = LlamoTrainer(model=tiny_model(), args=arguments)
    assert trainer.loss_only
    assert len(patched) == 1


def test_without_liger_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(liger, "is_liger_kernel_available", lambda: False)
    with pytest.raises(ImportError, match="pip install liger-kernel"):
        apply_to_text_model(tiny_model())
