"""Packed = padded = alone: samples of one row do not see each other, whatever Trainer's defaults are."""

import pytest
import torch
from torch import nn
from transformers import Trainer, TrainingArguments

from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator, LlamoPackingCollator, LlamoProcessor
from tests.modeling_llamo.test_model import FAMILIES
from tests.text import byte_tokenizer
from tests.tiny import tiny_config, tiny_model

BLIND = {"opt", "bloom"}
SEEING = [family for family in FAMILIES if family not in BLIND]
# Gemma 2 has no sdpa attention.
PAIRS = [(family, kind) for family in SEEING for kind in ("sdpa", "eager") if (family, kind) != ("gemma2", "sdpa")]


def conversation(answer: str, *smiles: str) -> dict:
    parts = [{"type": "molecule", "smiles": one} for one in smiles] + [{"type": "text", "text": "What is it?"}]
    return {"messages": [{"role": "user", "content": parts}, {"role": "assistant", "content": answer}]}


MIXED = [
    conversation("Ethanol.", "CCO"),
    conversation("I see no molecule."),
    conversation("Two.", "C", "c1ccccc1O"),
    conversation("N", "N"),
]
TEXT_ONLY = [conversation("One."), conversation("Two of them."), conversation("3")]


def training_model(
    family: str = "llama", attention: str = "sdpa"
) -> tuple[LlamoForConditionalGeneration, LlamoProcessor]:
    """A random model in training mode without dropout, and its processor."""
    config = tiny_config(text={"model_type": family, **FAMILIES[family], "vocab_size": 261})
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer(), config)
    config.graph_token_id = processor.graph_token_id
    model = tiny_model(config).train()
    model.model.language_model.set_attn_implementation(attention)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return model, processor


def gradients(model: LlamoForConditionalGeneration, batch: dict, **options) -> dict[str, torch.Tensor]:
    model.zero_grad()
    model(**batch, **options).loss.backward()
    return {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}


def assert_same(found: dict[str, torch.Tensor], expected: dict[str, torch.Tensor], tolerance: float = 1e-5):
    assert found.keys() == expected.keys()
    for name in expected:
        torch.testing.assert_close(found[name], expected[name], atol=tolerance, rtol=1e-4, msg=name)


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("examples", [MIXED, TEXT_ONLY], ids=["mixed", "text only"])
@pytest.mark.parametrize("family", ["llama", "qwen2", "gpt2"])
def test_packed_loss_and_gradients_are_those_of_the_padded_batch(family, examples, attention):
    model, processor = training_model(family, attention)
    padded, packed = LlamoDataCollator(processor)(examples), LlamoPackingCollator(processor)(examples)
    torch.testing.assert_close(model(**packed).loss, model(**padded).loss, atol=1e-6, rtol=1e-6)
    assert_same(gradients(model, packed), gradients(model, padded))


@pytest.mark.parametrize(("family", "attention"), PAIRS)
def test_logits_of_each_sample_are_those_of_the_sample_alone(family, attention):
    model, processor = training_model(family, attention)
    model.model.graph_encoder.requires_grad_(False)  # keeps BatchNorm in eval mode: its batch statistics are shared
    model.train()
    pack = LlamoPackingCollator(processor)
    alone = [model(**pack([example])).logits[0] for example in MIXED]
    together = model(**pack(MIXED)).logits[0].split([len(sample) for sample in alone])
    for found, expected in zip(together, alone, strict=True):
        torch.testing.assert_close(found, expected, atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("family", "attention"), PAIRS)
def test_changing_one_sample_leaves_the_others_alone(family, attention, training):
    model, processor = training_model(family, attention)
    batch = LlamoPackingCollator(processor)(MIXED)
    model.train(training)
    changed = {**batch, "input_ids": batch["input_ids"].clone()}
    sample = (batch["position_ids"][0] == 0).cumsum(-1)
    changed["input_ids"][0, (sample == 2) & (batch["position_ids"][0] % 3 == 1)] = 77
    before, after = (model(**given).logits[0] for given in (batch, changed))
    torch.testing.assert_close(before[sample != 2], after[sample != 2], atol=1e-6, rtol=0)
    assert not torch.allclose(before[sample == 2], after[sample == 2], atol=1e-3)


def test_no_cache_is_made_in_training_and_none_for_packed_rows():
    model, processor = training_model()
    padded, packed = LlamoDataCollator(processor)(MIXED), LlamoPackingCollator(processor)(MIXED)
    assert model(**padded).cache is None
    assert model(**padded, use_cache=True).cache is not None
    model.eval()
    assert model(**packed).cache is None
    assert model(**padded).cache is not None


@pytest.mark.parametrize("family", sorted(BLIND))
def test_language_models_that_cannot_keep_samples_apart_are_refused(family):
    model, processor = training_model(family)
    assert torch.isfinite(model(**LlamoDataCollator(processor)(MIXED)).loss)
    with pytest.raises(ValueError, match=rf"would see each other with a language model of type '{family}'"):
        model(**LlamoPackingCollator(processor)(MIXED))


def test_a_cache_for_a_packed_row_is_refused():
    model, processor = training_model()
    pack = LlamoPackingCollator(processor)
    with pytest.raises(ValueError, match=r"would see each other with use_cache=True; leave use_cache off"):
        model(**pack(MIXED), use_cache=True)
    assert model(**pack(MIXED[:1]), use_cache=True).cache is not None


def test_gradient_checkpointing_keeps_samples_apart():
    model, processor = training_model()
    packed = LlamoPackingCollator(processor)(MIXED)
    expected = gradients(model, packed)
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    assert_same(gradients(model, packed), expected, 1e-6)


def test_what_flash_attention_is_told_changes_nothing_elsewhere():
    model, processor = training_model()
    plain, told = (LlamoPackingCollator(processor, flash=flash)(MIXED) for flash in (False, True))
    assert torch.equal(model(**told).logits, model(**plain).logits)


@pytest.mark.parametrize("accumulation", [1, 2])
@pytest.mark.parametrize("loss_only", [False, True])
def test_two_steps_of_trainer_are_those_of_padded_training(tmp_path, loss_only, accumulation):
    weights = []
    for collator in (LlamoDataCollator, LlamoPackingCollator):
        model, processor = training_model()
        model.loss_only = loss_only and collator is LlamoPackingCollator
        arguments = TrainingArguments(
            str(tmp_path),
            max_steps=2,
            per_device_train_batch_size=2,
            gradient_accumulation_steps=accumulation,
            learning_rate=0.1,
            optim="sgd",
            remove_unused_columns=False,
            report_to="none",
            save_strategy="no",
            use_cpu=True,
            disable_tqdm=True,
        )
        trainer = Trainer(model, arguments, collator(processor), MIXED + TEXT_ONLY)
        trainer.train()
        weights.append({name: weight.detach() for name, weight in model.named_parameters()})
    assert_same(*weights)
    assert not torch.equal(weights[0]["lm_head.weight"], training_model()[0].lm_head.weight)


def test_trainer_evaluates_packed_rows_as_padded_ones(tmp_path):
    model, processor = training_model()
    arguments = TrainingArguments(
        str(tmp_path), per_device_eval_batch_size=4, report_to="none", use_cpu=True, remove_unused_columns=False
    )
    losses = [
        Trainer(model, arguments, collator(processor), eval_dataset=MIXED).evaluate()["eval_loss"]
        for collator in (LlamoDataCollator, LlamoPackingCollator)
    ]
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)
