"""generate() is transformers' own; molecules are encoded once and follow their row through beams and samples."""

import pytest
import torch
from transformers import TextIteratorStreamer

from tests.tiny import (
    GRAPH_TOKEN_ID,
    TEXT_CONFIG,
    prompt_rows,
    random_graphs,
    select_graphs,
    tiny_batch,
    tiny_config,
    tiny_model,
)

NEW_TOKENS = 6
GREEDY = {"max_new_tokens": NEW_TOKENS, "do_sample": False, "pad_token_id": 0, "eos_token_id": None}


@pytest.fixture(scope="module")
def model():
    return tiny_model()


def count_calls(model, monkeypatch) -> list[int]:
    calls = []
    encode = model.model.graph_encoder.encode
    monkeypatch.setattr(model.model.graph_encoder, "encode", lambda graphs: calls.append(1) or encode(graphs))
    return calls


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"num_beams": 3},
        {"do_sample": True, "num_return_sequences": 3},
        {"num_beams": 4, "num_return_sequences": 2, "do_sample": True},
        {"cache_implementation": "static"},
        {"use_cache": False},
        {"prompt_lookup_num_tokens": 2},
    ],
    ids=str,
)
def test_molecules_are_encoded_exactly_once(model, monkeypatch, options):
    calls = count_calls(model, monkeypatch)
    batch = tiny_batch(model.config)
    if "prompt_lookup_num_tokens" in options:
        batch = prompt_rows(model.config, [[0]], [5]) | random_graphs([5])
    model.generate(**batch, **{**GREEDY, **options})
    assert len(calls) == 1


RECURRENT = {
    "mamba": {"state_size": 4},
    "mamba2": {"state_size": 4, "num_heads": 8, "head_dim": 8, "n_groups": 2},
    "falcon_mamba": {"state_size": 4},
}


@pytest.mark.parametrize("family", RECURRENT)
def test_language_models_without_attention_generate_what_full_forwards_say(family):
    model = tiny_model(tiny_config(text={"model_type": family, **TEXT_CONFIG, **RECURRENT[family]}))
    batch = prompt_rows(model.config, [[0]], [5]) | random_graphs([5])
    generated = model.generate(**batch, **GREEDY)
    running = dict(batch)
    for _ in range(NEW_TOKENS):
        token = model(**running, use_cache=False).logits[:, -1].argmax(-1, keepdim=True)
        running["input_ids"] = torch.cat([running["input_ids"], token], dim=1)
        running["attention_mask"] = torch.ones_like(running["input_ids"])
    assert torch.equal(generated, running["input_ids"])


def test_greedy_equals_repeated_full_forwards(model):
    batch = tiny_batch(model.config)
    generated = model.generate(**batch, **GREEDY)
    running = dict(batch)
    for _ in range(NEW_TOKENS):
        mask = running["attention_mask"]
        positions = (mask.cumsum(-1) - 1).clamp(min=0)
        logits = model(**running, position_ids=positions).logits[:, -1]
        token = logits.argmax(-1, keepdim=True)
        running["input_ids"] = torch.cat([running["input_ids"], token], dim=1)
        running["attention_mask"] = torch.cat([mask, torch.ones_like(token)], dim=1)
    assert torch.equal(generated, running["input_ids"])


@pytest.mark.parametrize("projector_type", ["multi_level", "mlp"])
def test_beams_with_several_molecules_per_prompt_equal_each_row_alone(projector_type):
    model = tiny_model(tiny_config(projector_type=projector_type))
    sizes, rows = [5, 9, 4, 7], [[0, 1], [2], [], [3]]
    graphs = random_graphs(sizes)
    batch = prompt_rows(model.config, rows, sizes)
    options = {**GREEDY, "num_beams": 3, "num_return_sequences": 2}
    together = model.generate(**batch, **graphs, **options)[:, -NEW_TOKENS:]
    for number, molecules in enumerate(rows):
        length = int(batch["attention_mask"][number].sum())
        alone = {name: value[number : number + 1, -length:] for name, value in batch.items()}
        single = model.generate(**alone, **(select_graphs(graphs, molecules) if molecules else {}), **options)
        assert torch.equal(together[2 * number : 2 * number + 2], single[:, -NEW_TOKENS:])


def test_samples_of_a_row_see_that_rows_molecules(model):
    sizes, rows = [5, 9, 4], [[0, 1], [2]]
    batch = prompt_rows(model.config, rows, sizes) | random_graphs(sizes)
    options = {"max_new_tokens": 1, "do_sample": True, "top_k": 0, "num_return_sequences": 2, "pad_token_id": 0}
    output = model.generate(**batch, **options, output_logits=True, return_dict_in_generate=True)
    expected = model(**batch, position_ids=(batch["attention_mask"].cumsum(-1) - 1).clamp(min=0)).logits[:, -1]
    torch.testing.assert_close(output.logits[0], expected.repeat_interleave(2, dim=0), atol=2e-5, rtol=1e-4)


def test_assisted_generation_equals_greedy(model):
    batch = prompt_rows(model.config, [[0, 1]], [5, 9]) | random_graphs([5, 9])
    assistant = tiny_model(seed=3)
    plain = model.generate(**batch, **GREEDY)
    assert torch.equal(model.generate(**batch, **GREEDY, assistant_model=assistant), plain)


def test_static_cache_and_chunked_prefill_equal_greedy(model):
    batch = tiny_batch(model.config)
    plain = model.generate(**batch, **GREEDY)
    assert torch.equal(model.generate(**batch, **GREEDY, cache_implementation="static"), plain)
    assert torch.equal(model.generate(**batch, **GREEDY, prefill_chunk_size=5), plain)


def test_streaming_yields_the_generated_tokens(model):
    class Words:
        pad_token_id = 0

        def decode(self, ids, **kwargs):
            return " ".join(map(str, ids)) + " "

    batch = prompt_rows(model.config, [[0]], [5]) | random_graphs([5])
    streamer = TextIteratorStreamer(Words(), skip_prompt=True)
    output = model.generate(**batch, **GREEDY, streamer=streamer)
    assert "".join(streamer).split() == [str(int(token)) for token in output[0, -NEW_TOKENS:]]


def test_features_encoded_beforehand_give_the_same(model):
    batch = tiny_batch(model.config)
    graphs = {name: batch.pop(name) for name in list(batch) if name.startswith("graph_")}
    features = model.get_graph_features(**graphs)
    given = model.generate(**batch, mm_encoder_outputs={"graph": features}, **GREEDY)
    assert torch.equal(given, model.generate(**batch, **graphs, **GREEDY))


def test_an_answer_never_holds_a_placeholder(model):
    batch = prompt_rows(model.config, [[0]], [5]) | random_graphs([5])
    prompt = batch["input_ids"].shape[1]
    torch.manual_seed(0)
    sampled = model.generate(
        **batch, max_new_tokens=30, num_return_sequences=40, do_sample=True, temperature=50.0, pad_token_id=0
    )
    assert not (sampled[:, prompt:] == GRAPH_TOKEN_ID).any()
