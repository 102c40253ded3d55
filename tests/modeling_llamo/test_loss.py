"""The loss of labelled positions alone is the ordinary loss, for less."""

import pytest
import torch

from modeling_llamo.loss import labelled_loss
from tests.modeling_llamo.test_model import FAMILIES
from tests.tiny import GRAPH_TOKEN_ID, tiny_batch, tiny_config, tiny_model

EVERY = [*FAMILIES, "tied"]


def model_and_batch(family: str = "llama", dtype: torch.dtype = torch.float32, chunk_size: int = 1024):
    """A random model without dropout, and a batch in which about half of the words have labels."""
    tied = {"tie_word_embeddings": True} if family == "tied" else {}
    family = "llama" if family == "tied" else family
    model = tiny_model(tiny_config(text={"model_type": family, **FAMILIES[family], **tied}))
    model.model.language_model.to(dtype)
    model.lm_head.to(dtype)
    model.tie_weights()
    model.loss_chunk_size = chunk_size
    batch = tiny_batch(model.config)
    words = (batch["attention_mask"] == 1) & (batch["input_ids"] != GRAPH_TOKEN_ID)
    labels = batch["input_ids"].masked_fill(~words | (batch["input_ids"] % 3 == 0), -100)
    return model, batch | {"labels": labels}


def loss_and_gradients(model, batch: dict, **options):
    model.zero_grad()
    output = model(**batch, **options)
    output.loss.backward()
    return output, {name: weight.grad.clone() for name, weight in model.named_parameters() if weight.grad is not None}


def num_labels(batch: dict) -> int:
    return int((batch["labels"][:, 1:] != -100).sum())


@pytest.mark.parametrize("chunk_size", [2, 1024], ids=["chunks", "at once"])
@pytest.mark.parametrize("family", EVERY)
def test_loss_and_gradients_are_the_ordinary_ones(family, chunk_size):
    model, batch = model_and_batch(family, chunk_size=chunk_size)
    ordinary, expected = loss_and_gradients(model, batch)
    lean, found = loss_and_gradients(model, batch, loss_only=True)
    assert lean.logits is None
    torch.testing.assert_close(lean.loss, ordinary.loss, atol=1e-6, rtol=1e-6)
    assert found.keys() == expected.keys()
    for name in expected:
        torch.testing.assert_close(found[name], expected[name], atol=1e-6, rtol=1e-4, msg=name)


@pytest.mark.parametrize("family", ["llama", "gemma2", "granite"])
def test_it_is_the_ordinary_loss_in_bfloat16(family):
    model, batch = model_and_batch(family, torch.bfloat16, chunk_size=2)
    ordinary, expected = loss_and_gradients(model, batch)
    lean, found = loss_and_gradients(model, batch, loss_only=True)
    torch.testing.assert_close(lean.loss, ordinary.loss, atol=1e-5, rtol=1e-5)
    for name in expected:
        scale = float(expected[name].abs().max()) + 1e-6
        torch.testing.assert_close(found[name], expected[name], atol=0.02 * scale, rtol=0.02, msg=name)


@pytest.mark.parametrize("as_tensor", [False, True])
def test_parts_of_a_batch_sum_to_its_loss(as_tensor):
    model, batch = model_and_batch(chunk_size=2)
    count = torch.tensor(17) if as_tensor else 17
    ordinary, lean = (model(**batch, num_items_in_batch=count, loss_only=only).loss for only in (False, True))
    torch.testing.assert_close(lean, ordinary, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(lean, model(**batch).loss * num_labels(batch) / 17, atol=1e-6, rtol=1e-5)


def test_labels_that_are_shifted_already_are_taken_as_they_are():
    model, batch = model_and_batch()
    shifted = torch.nn.functional.pad(batch["labels"], (0, 1), value=-100)[:, 1:].contiguous()
    losses = [model(**batch, shift_labels=shifted, loss_only=only).loss for only in (False, True)]
    torch.testing.assert_close(*losses, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("chunk_size", [2, 1024])
def test_the_head_sees_labelled_positions_only_and_few_at_a_time(chunk_size):
    model, batch = model_and_batch(chunk_size=chunk_size)
    rows = []
    model.lm_head.register_forward_hook(lambda module, inputs, output: rows.append(output.shape[0]))
    loss = model(**batch, loss_only=True).loss
    assert sum(rows) == num_labels(batch) > 2
    assert max(rows) <= chunk_size
    loss.backward()
    assert sum(rows) == num_labels(batch) * (2 if chunk_size == 2 else 1)  # again for the backward pass


def test_chunks_keep_no_logits_for_the_backward_pass():
    kept = {}
    for only in (False, True):
        model, batch = model_and_batch(chunk_size=2)
        vocab_size, sizes = model.config.text_config.vocab_size, []

        def note(tensor, sizes=sizes, vocab_size=vocab_size):
            sizes.append(tensor.numel() if tensor.dim() and tensor.shape[-1] == vocab_size else 0)
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            model(**batch, loss_only=only)
        kept[only] = sum(sizes)
    assert kept[True] == 0 < kept[False]


def test_a_batch_without_labels_gives_what_it_ordinarily_gives():
    model, batch = model_and_batch()
    batch["labels"] = torch.full_like(batch["labels"], -100)
    lean, found = loss_and_gradients(model, batch, loss_only=True, num_items_in_batch=5)
    assert lean.loss == 0
    assert not any(gradient.any() for gradient in found.values())
    assert found["lm_head.weight"] is not None
    assert model(**batch, loss_only=True).loss.isnan() and model(**batch).loss.isnan()


def test_the_attribute_counts_in_training_only():
    model, batch = model_and_batch()
    model.loss_only = True
    assert model.eval()(**batch).logits is not None
    model.train()
    assert model(**batch).logits is None
    assert model(**batch, loss_only=False).logits is not None
    assert model(**{name: value for name, value in batch.items() if name != "labels"}).logits is not None


def test_loss_only_without_labels_is_refused():
    model, batch = model_and_batch()
    del batch["labels"]
    with pytest.raises(ValueError, match="loss_only needs labels"):
        model(**batch, loss_only=True)


def test_it_counts_labels_where_it_says():
    states, labels = torch.randn(2, 4, 8), torch.tensor([[5, 6, -100, 7], [-100, -100, 1, 2]])
    head = torch.nn.Linear(8, 10)
    found = labelled_loss(states, labels, head, tiny_config().text_config, graph_token_id=99, chunk_size=3)
    pairs = [(0, 0, 6), (0, 2, 7), (1, 1, 1), (1, 2, 2)]
    parts = [torch.nn.functional.cross_entropy(head(states[b, t]), torch.tensor(word)) for b, t, word in pairs]
    torch.testing.assert_close(found, torch.stack(parts).mean())
