"""What words read: the language model's attention times the projector's, and a model that is as it was afterwards."""

import numpy as np
import pytest
import torch

from llamo.explain import explain
from llamo.explain.attention import eager_attention
from tests.llamo.explain.questions import ASPIRIN, assistant
from tests.tiny import TEXT_CONFIG, tiny_config, tiny_model


def attention(**options):
    explanation = explain(assistant(), ASPIRIN, "Rings?", answer="one ring", left_out=None, **options)
    return explanation, explanation.molecules[0].attention


def test_words_read_atoms_over_graph_tokens():
    explanation, found = attention()
    assert found is not None and explanation.words == ["one", "ring", "(end)"]
    layers, words, tokens = found.words.shape
    wanted = np.zeros((words, 13))
    for layer in range(layers):
        for token in range(tokens):
            for head in range(found.atoms.shape[1]):
                weight = found.words[layer, :, token] / layers / found.atoms.shape[1]
                wanted += weight[:, None] * found.atoms[token, head]
    np.testing.assert_allclose(found.word_atoms(), wanted, rtol=1e-5)


def test_what_a_word_reads_of_the_graph_is_less_than_all():
    _, found = attention()
    shares = found.word_atoms().sum(1) + found.word_motifs().sum(1)
    np.testing.assert_allclose(shares, found.word_tokens().sum(1), rtol=1e-5)
    assert (shares > 0).all() and (shares < 1).all()


def test_a_word_is_read_at_the_places_that_predict_it():
    _, found = attention()
    model, processor = assistant().model, assistant().processor
    inputs = processor(ASPIRIN, "Rings?")
    prompt = inputs["input_ids"].shape[1]
    answer = torch.tensor([processor.tokenizer("one", add_special_tokens=False)["input_ids"]])
    inputs["input_ids"] = torch.cat([inputs["input_ids"], answer], 1)
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    places = (inputs["input_ids"][0] == processor.graph_token_id).nonzero()[:, 0]
    with eager_attention(model.model.language_model), torch.no_grad():
        weights = torch.stack(model(**inputs, output_attentions=True).attentions)[:, 0]  # (layers, H, T, T)
    wanted = weights[:, :, prompt - 1 : prompt + 2][..., places].mean((1, 2))  # before "o", "n", "e"
    np.testing.assert_allclose(found.words[:, 0], wanted.numpy(), rtol=1e-4, atol=1e-7)


def test_the_models_own_attention_comes_back():
    language_model = assistant().model.model.language_model
    before = language_model.config._attn_implementation
    attention()
    assert before == language_model.config._attn_implementation != "eager"
    with pytest.raises(RuntimeError), eager_attention(language_model):
        raise RuntimeError
    assert language_model.config._attn_implementation == before


def test_a_projector_without_attention_to_atoms_says_what_to_do():
    with pytest.raises(ValueError, match=r"ResamplerProjector mixes atoms .* leave attention out"):
        explain(assistant(projector_type="resampler"), "CCO", answer="x")


def test_eager_attention_changes_no_logits():
    config = tiny_config(text=TEXT_CONFIG)
    model = tiny_model(config)
    ids = torch.tensor([[1, 5, 6, 7]])
    with torch.no_grad():
        plain = model(input_ids=ids).logits
        with eager_attention(model.model.language_model):
            shown = model(input_ids=ids).logits
    torch.testing.assert_close(plain, shown, atol=1e-5, rtol=1e-4)
