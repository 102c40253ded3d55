"""Trainer and PEFT: the first steps, LoRA on the language model with the projector saved beside it."""

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModel, Trainer, TrainingArguments

import llamo  # noqa: F401  registers the Auto classes
from processors import LlamoDataCollator
from tests.text import model_and_processor

LORA = {
    "task_type": "CAUSAL_LM",
    "r": 4,
    "target_modules": r".*language_model.*\.(q_proj|v_proj)",
    "modules_to_save": ["projector"],
}


def conversation(smiles: str, answer: str) -> dict:
    parts = [{"type": "molecule", "smiles": smiles}, {"type": "text", "text": "What is it?"}]
    return {"messages": [{"role": "user", "content": parts}, {"role": "assistant", "content": answer}]}


EXAMPLES = [conversation("CCO", "Ethanol."), conversation("C", "Methane."), conversation("c1ccccc1", "Benzene.")]


def arguments(folder, **options) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=3,
        per_device_train_batch_size=3,
        learning_rate=1e-2,
        report_to="none",
        use_cpu=True,
        remove_unused_columns=False,
        logging_steps=1,
        save_strategy="no",
        disable_tqdm=True,
        **options,
    )


def test_trainer_steps_lower_the_loss(tmp_path):
    model, processor = model_and_processor()
    trainer = Trainer(model, arguments(tmp_path), LlamoDataCollator(processor), EXAMPLES)
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert losses[-1] < losses[0]


@pytest.fixture
def tuned(tmp_path):
    """A base folder, and an adapter trained for three steps on top of it."""
    model, processor = model_and_processor()
    model.save_pretrained(tmp_path / "base")
    model = AutoModel.from_pretrained(tmp_path / "base")
    adapted = get_peft_model(model, LoraConfig(**LORA))
    Trainer(adapted, arguments(tmp_path), LlamoDataCollator(processor), EXAMPLES).train()
    adapted.eval()
    adapted.save_pretrained(tmp_path / "adapter")
    return tmp_path, adapted, processor("CCO", "What is it?")


def test_adapter_and_projector_come_back_together(tuned):
    folder, adapted, inputs = tuned
    base = AutoModel.from_pretrained(folder / "base").eval()
    untouched = base(**inputs).logits
    loaded = PeftModel.from_pretrained(base, folder / "adapter").eval()
    expected = adapted(**inputs).logits
    assert not torch.allclose(untouched, expected, atol=1e-3)
    torch.testing.assert_close(loaded(**inputs).logits, expected, atol=1e-5, rtol=1e-4)
    options = {"max_new_tokens": 4, "do_sample": False, "pad_token_id": 0}
    assert torch.equal(loaded.generate(**inputs, **options), adapted.generate(**inputs, **options))


def test_merged_equals_adapter(tuned, tmp_path):
    _, adapted, inputs = tuned
    expected = adapted(**inputs).logits
    merged = adapted.merge_and_unload()
    merged.save_pretrained(tmp_path / "merged")
    reloaded = AutoModel.from_pretrained(tmp_path / "merged").eval()
    torch.testing.assert_close(reloaded(**inputs).logits, expected, atol=1e-4, rtol=1e-3)


def test_lora_leaves_the_encoder_frozen_and_in_eval_mode(tuned):
    _, adapted, _ = tuned
    adapted.train()
    encoder = adapted.base_model.model.model.graph_encoder
    assert not any(parameter.requires_grad for parameter in encoder.parameters())
    assert not any(module.training for module in encoder.modules())
    trained = {name for name, parameter in adapted.named_parameters() if parameter.requires_grad}
    assert any("lora_A" in name for name in trained)
    assert any("projector.modules_to_save" in name for name in trained)
    assert all("lora_" in name or "projector" in name for name in trained)
