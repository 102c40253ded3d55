"""Batches: ids, logits, loss, log-probabilities, gradient norms, BatchNorm in training, greedy answers."""

import re

import pytest
import torch

from llamo.convert.names import PREFIX, find_place
from processors import LlamoDataCollator
from tests.recorded.recording import label_logprobs, with_placeholders


def collate(recording, processor, names, **options):
    messages = [{"messages": recording.messages(processor, name)} for name in names]
    return LlamoDataCollator(processor, **options)(messages)


def test_training_batches_are_padded_alike(recording, processor, train_arrays, batches):
    for key in ("a", "b"):
        batch = collate(recording, processor, batches[key]["conversations"])
        expected = with_placeholders(train_arrays[f"{key}.input_ids"], processor.graph_token_id)
        assert batch["input_ids"].tolist() == expected
        for name in ("labels", "attention_mask"):
            assert torch.equal(batch[name], train_arrays[f"{key}.{name}"]), name


def test_logits_loss_and_log_probabilities_of_training_batches(recording, processor, model, train_arrays, batches):
    for key in ("a", "b"):
        batch = collate(recording, processor, batches[key]["conversations"])
        output = model(**batch)
        torch.testing.assert_close(output.loss, train_arrays[f"{key}.loss"], atol=1e-4, rtol=1e-4)
        found = label_logprobs(output.logits[..., : recording.words], batch["labels"])
        torch.testing.assert_close(found, train_arrays[f"{key}.label_logprobs"], atol=1e-3, rtol=1e-4)
        if f"{key}.logits" in train_arrays:
            own = batch["attention_mask"].bool()
            logits = output.logits[..., : recording.words]
            torch.testing.assert_close(logits[own], train_arrays[f"{key}.logits"][own], atol=1e-3, rtol=1e-4)


def released_gradient_norms(model) -> dict[str, float]:
    """Gradient norms under the released names, where tensors of ours are parts of one."""
    squares: dict[str, float] = {}
    for name, parameter in model.named_parameters():
        gradient = parameter.grad
        if gradient.shape[0] == model.config.text_config.vocab_size:
            gradient = gradient[:-1]  # without the placeholder's row
        place = PREFIX + find_place(name).name
        squares[place] = squares.get(place, 0.0) + float(gradient.double().square().sum())
    return {name: square**0.5 for name, square in squares.items()}


def test_gradient_norms_of_every_tensor(recording, processor, model, batches):
    model.requires_grad_(True)
    model(**collate(recording, processor, batches["a"]["conversations"])).loss.backward()
    recorded = {name: norm for name, norm in batches["grad_norms_batch_a_eval_mode"].items() if norm is not None}
    found = released_gradient_norms(model)
    aliases = {name for name in recorded if re.search(r"\.cross_attention\.[1-9]", name)}
    assert found.keys() == recorded.keys() - aliases
    for name, norm in found.items():
        assert norm == pytest.approx(recorded[name], rel=2e-3, abs=1e-5), name


def test_batch_norm_in_training(recording, processor, model, train_arrays, batches):
    batch = collate(recording, processor, batches["b"]["conversations"])
    graphs = {name: value for name, value in batch.items() if name.startswith("graph_")}
    model.model.graph_encoder.train()
    tokens = model.get_graph_features(**graphs).pooler_output
    stored = train_arrays["b.proj_gnn_train_mode"]
    torch.testing.assert_close(tokens.reshape(stored.shape), stored, atol=5e-4, rtol=1e-4)
    ours = {find_place(name).name: buffer for name, buffer in model.named_buffers() if "graph_encoder" in name}
    after = {name.split("after.")[1]: value for name, value in train_arrays.items() if "train_mode_after." in name}
    assert after
    for name, value in after.items():
        torch.testing.assert_close(ours[f"graph_model.molecule_node_model.{name}"], value, atol=1e-4, rtol=1e-4)


def test_greedy_answers_and_the_logits_of_every_step(recording, processor, model, eval_arrays, batches):
    settings = batches["eval"]
    batch = collate(recording, processor, settings["conversations"], for_generation=True, drop_earlier_answers=True)
    assert batch["input_ids"].tolist() == with_placeholders(eval_arrays["input_ids"], processor.graph_token_id)
    assert torch.equal(batch["attention_mask"], eval_arrays["attention_mask"])
    assert torch.equal(batch.pop("labels"), eval_arrays["labels"])
    options = {"do_sample": False, "max_new_tokens": settings["generate_kwargs"]["max_new_tokens"]}
    output = model.generate(**batch, **options, output_logits=True, return_dict_in_generate=True)
    generated = output.sequences[:, batch["input_ids"].shape[1] :]
    assert generated.tolist() == eval_arrays["generated_ids"].tolist()
    steps = torch.stack(output.logits, dim=1)[..., : recording.words]
    for row, length in enumerate(settings["lengths_incl_eos"]):
        recorded = eval_arrays["step_logits"][row, :length]
        torch.testing.assert_close(steps[row, :length], recorded, atol=1e-3, rtol=1e-4)
    texts = processor.batch_decode(generated, skip_special_tokens=True)
    for text, recorded in zip(texts, settings["predictions"], strict=True):
        # Bytes that are no text: SentencePiece and tokenizers put different numbers of marks in their place.
        assert "\ufffd" in recorded or text == recorded


def test_one_question_at_a_time_gives_the_same_answers(recording, processor, model, eval_arrays, batches):
    for row, name in enumerate(batches["eval"]["conversations"]):
        record = recording.conversations[name]
        if not isinstance(record["instruction"], str):
            continue  # the released evaluation drops earlier answers, a prompt keeps them
        inputs = processor(recording.molecules[record["molecule"]]["smiles"], record["instruction"])
        length = batches["eval"]["lengths_incl_eos"][row]
        answer = model.generate(**inputs, do_sample=False, max_new_tokens=eval_arrays["generated_ids"].shape[1])
        found = answer[0, inputs["input_ids"].shape[1] :][:length].tolist()
        assert found == eval_arrays["generated_ids"][row, :length].tolist(), name
