"""Laws of the model: sameness under batching, padding, caching, saving; gradients; refusals."""

import copy

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from configuration import LlamoProjectorConfig
from modeling_llamo import LlamoForConditionalGeneration, LlamoGraphEncoder
from tests.tiny import GRAPH_TOKEN_ID, prompt_rows, random_graphs, select_graphs, tiny_batch, tiny_config, tiny_model

PROJECTORS = ["multi_level", "mlp", "mlp_concat", "mlp_max", "weighted_sum", "resampler", "qformer"]
TINY = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 100, "eos_token_id": 2}
GPT2 = {"n_embd": 32, "n_layer": 2, "n_head": 4, "vocab_size": 100}
FAMILIES = {
    "llama": {**TINY, "intermediate_size": 64},
    "mistral": {**TINY, "intermediate_size": 64, "num_key_value_heads": 2},
    "qwen2": {**TINY, "intermediate_size": 64, "num_key_value_heads": 2},
    "qwen3": {**TINY, "intermediate_size": 64, "num_key_value_heads": 2, "head_dim": 8},
    "opt": {**TINY, "ffn_dim": 64, "word_embed_proj_dim": 16, "pad_token_id": 0, "max_position_embeddings": 128},
    "gpt2": GPT2,
    "gpt_neox": {**TINY, "intermediate_size": 64},
    "phi": {**TINY, "intermediate_size": 64},
    "gemma2": {
        **TINY,
        "intermediate_size": 64,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "final_logit_softcapping": 0.5,
    },
    "granite": {**TINY, "intermediate_size": 64, "logits_scaling": 4.0},
    "cohere": {**TINY, "intermediate_size": 64, "logit_scale": 0.25},
    "bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 4, "vocab_size": 100},
    "falcon": {**TINY, "new_decoder_architecture": False},
}


@pytest.fixture(scope="module")
def model() -> LlamoForConditionalGeneration:
    return tiny_model()


@pytest.mark.parametrize("projector_type", PROJECTORS)
def test_a_batch_gives_what_its_rows_give_alone(projector_type):
    model = tiny_model(tiny_config(projector_type=projector_type))
    sizes, rows = [5, 37, 1, 4], [[0, 1], [2], [], [3]]
    graphs = random_graphs(sizes)
    batch = prompt_rows(model.config, rows, sizes)
    together = model(**batch, **graphs).logits
    for number, molecules in enumerate(rows):
        length = int(batch["attention_mask"][number].sum())
        alone = {name: value[number : number + 1, -length:] for name, value in batch.items()}
        single = model(**alone, **(select_graphs(graphs, molecules) if molecules else {})).logits
        torch.testing.assert_close(together[number, -length:], single[0], atol=2e-5, rtol=1e-4)


def test_left_padded_equals_unpadded_and_right_padded(model):
    left, right = tiny_batch(model.config), tiny_batch(model.config, side="right")
    left_logits, right_logits = model(**left).logits, model(**right).logits
    for row in range(3):
        left_row = left_logits[row][left["attention_mask"][row] == 1]
        right_row = right_logits[row][right["attention_mask"][row] == 1]
        torch.testing.assert_close(left_row, right_row, atol=2e-5, rtol=1e-4)


def test_cached_steps_equal_the_full_forward(model):
    batch = tiny_batch(model.config)
    full = model(**batch).logits
    text_names, cut = ("input_ids", "attention_mask"), batch["input_ids"].shape[1] - 2
    graphs = {name: value for name, value in batch.items() if name not in text_names}
    mask = batch["attention_mask"]
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    first = model(batch["input_ids"][:, :cut], mask[:, :cut], position_ids=positions[:, :cut], use_cache=True, **graphs)
    rest = model(batch["input_ids"][:, cut:], mask, position_ids=positions[:, cut:], cache=first.cache)
    torch.testing.assert_close(rest.logits, full[:, cut:], atol=2e-5, rtol=1e-4)


def test_atom_order_does_not_matter(model):
    batch = tiny_batch(model.config)
    order = torch.tensor([3, 0, 4, 2, 1])  # of the first molecule
    renumbered = copy.deepcopy(batch)
    renumbered["graph_node_ids"][:5] = batch["graph_node_ids"][:5][order]
    edges = int(batch["graph_edge_counts"][0])
    renumbered["graph_edge_index"][:edges] = torch.argsort(order)[batch["graph_edge_index"][:edges]]
    assert not torch.equal(renumbered["graph_node_ids"], batch["graph_node_ids"])
    torch.testing.assert_close(model(**renumbered).logits, model(**batch).logits, atol=2e-5, rtol=1e-4)


def test_a_molecule_is_deaf_to_its_neighbours(model):
    graphs = random_graphs([5, 7])
    changed = copy.deepcopy(graphs)
    changed["graph_node_ids"][5:, 0] = 7
    before, after = (model.get_graph_features(**given).pooler_output for given in (graphs, changed))
    assert torch.equal(before[0], after[0])
    assert not torch.allclose(before[1], after[1])


def test_the_answer_depends_on_the_molecule(model):
    batch = tiny_batch(model.config)
    other = {**batch, "graph_node_ids": batch["graph_node_ids"].clone()}
    other["graph_node_ids"][:5, 0] = 3
    difference = (model(**batch).logits - model(**other).logits)[0, -1].abs().max()
    assert difference > 1e-3


@pytest.mark.parametrize("family", FAMILIES)
def test_text_only_rows_equal_the_bare_language_model(family):
    torch.manual_seed(0)
    bare = AutoModelForCausalLM.from_config(AutoConfig.for_model(family, **FAMILIES[family])).eval()
    ids = torch.randint(3, 90, (2, 9))
    expected = bare(input_ids=ids).logits
    model = LlamoForConditionalGeneration.from_components(
        bare, projector_config=LlamoProjectorConfig(mlp_depth=2), graph_token_id=GRAPH_TOKEN_ID
    )
    words = [token for token in range(expected.shape[-1]) if token != GRAPH_TOKEN_ID]
    torch.testing.assert_close(model(input_ids=ids).logits[..., words], expected[..., words], atol=1e-6, rtol=1e-5)
    batch = prompt_rows(model.config, [[0], []], [6]) | random_graphs([6])
    answer = model.generate(**batch, max_new_tokens=3, do_sample=False, pad_token_id=0)
    assert answer.shape[1] == batch["input_ids"].shape[1] + 3


def test_from_components_takes_over_weights_and_adds_a_graph_token():
    text = tiny_model().model.language_model.config
    bare = AutoModelForCausalLM.from_config(text)
    encoder = LlamoGraphEncoder(tiny_config().graph_config)
    weights = encoder.layers[0].up_proj.weight.detach().clone()
    model = LlamoForConditionalGeneration.from_components(bare, encoder, {"mlp_depth": 1})
    assert model.config.graph_token_id == 100
    assert model.get_input_embeddings().num_embeddings == model.config.text_config.vocab_size == 101
    assert torch.equal(model.model.graph_encoder.layers[0].up_proj.weight, weights)
    assert not any(tensor.is_meta for tensor in [*model.parameters(), *model.buffers()])


def test_the_placeholder_has_no_share_in_the_loss():
    model = tiny_model()
    batch = tiny_batch(model.config)
    labels = batch["input_ids"].masked_fill(batch["input_ids"] == GRAPH_TOKEN_ID, -100)
    output = model(**batch, labels=labels)
    words = [token for token in range(output.logits.shape[-1]) if token != GRAPH_TOKEN_ID]
    assert words == list(range(GRAPH_TOKEN_ID))  # labels keep their meaning without the last column
    alone = torch.nn.functional.cross_entropy(output.logits[:, :-1, words].flatten(0, 1), labels[:, 1:].flatten())
    torch.testing.assert_close(output.loss, alone, atol=0, rtol=1e-6)
    assert torch.isfinite(output.logits.log_softmax(-1)).all()


def test_encoder_and_projector_stay_in_float32_beside_a_bfloat16_language_model(tmp_path):
    tiny_model().save_pretrained(tmp_path)
    model = LlamoForConditionalGeneration.from_pretrained(tmp_path, dtype=torch.bfloat16)
    assert {p.dtype for p in model.model.projector.parameters()} == {torch.float32}
    assert {p.dtype for p in model.model.graph_encoder.parameters()} == {torch.float32}
    assert model.lm_head.weight.dtype == torch.bfloat16
    assert model(**tiny_batch(model.config)).logits.dtype == torch.bfloat16


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shard", [None, "20KB"])
@pytest.mark.parametrize("projector_type", ["multi_level", "qformer"])
def test_reloaded_is_bit_identical(tmp_path, dtype, shard, projector_type):
    tiny_model(tiny_config(projector_type=projector_type)).save_pretrained(tmp_path / "float32")
    model = LlamoForConditionalGeneration.from_pretrained(tmp_path / "float32", dtype=dtype).eval()
    model.save_pretrained(tmp_path, **({"max_shard_size": shard} if shard else {}))
    assert len(list(tmp_path.glob("*.safetensors"))) > (1 if shard else 0)
    reloaded = LlamoForConditionalGeneration.from_pretrained(tmp_path, dtype=dtype).eval()
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, reloaded.state_dict()[name]), name
    for tensor in [*model.parameters(), *model.buffers(), *reloaded.parameters(), *reloaded.buffers()]:
        tensor.data = tensor.data.clone()  # kernels round differently on the memory alignment of a mapped file
    batch = tiny_batch(model.config)
    assert torch.equal(model(**batch).logits, reloaded(**batch).logits)


@pytest.mark.parametrize("projector_type", PROJECTORS)
@pytest.mark.parametrize("checkpointing", [False, True])
def test_gradient_reaches_every_part(projector_type, checkpointing):
    model = tiny_model(tiny_config(projector_type=projector_type)).train()
    if checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    # Two rows, so that words with labels come behind molecules with several functional groups.
    sizes = [7, 10]
    batch = prompt_rows(model.config, [[0], [1]], sizes) | random_graphs(sizes)
    model(**batch, labels=batch["input_ids"].masked_fill(batch["input_ids"] == GRAPH_TOKEN_ID, -100)).loss.backward()
    silent = [name for name, weight in model.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert not silent


def test_gradient_checkpointing_changes_nothing():
    plain, saving = tiny_model().train(), tiny_model().train()
    saving.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    batch = tiny_batch(plain.config)
    labels = batch["input_ids"].masked_fill(batch["input_ids"] == GRAPH_TOKEN_ID, -100)
    for model in (plain, saving):
        model(**batch, labels=labels).loss.backward()
    for (name, one), other in zip(plain.named_parameters(), saving.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, atol=1e-6, rtol=1e-4, msg=name)
    for (name, one), other in zip(plain.named_buffers(), saving.buffers(), strict=True):
        assert torch.equal(one, other), name


def test_a_frozen_encoder_stays_in_eval_mode():
    model = tiny_model()
    model.model.graph_encoder.requires_grad_(False)
    model.train()
    assert model.model.projector.training
    assert not any(module.training for module in model.model.graph_encoder.modules())
    before = {name: buffer.clone() for name, buffer in model.named_buffers()}
    model(**tiny_batch(model.config))
    assert all(torch.equal(before[name], buffer) for name, buffer in model.named_buffers())


def test_a_trainable_encoder_updates_its_statistics():
    model = tiny_model().train()
    before = model.model.graph_encoder.layers[0].norm.running_mean.clone()
    model(**tiny_batch(model.config))
    assert not torch.equal(before, model.model.graph_encoder.layers[0].norm.running_mean)


def test_one_lone_atom_trains():
    model = tiny_model().train()
    batch = prompt_rows(model.config, [[0]], [1]) | random_graphs([1])
    assert torch.isfinite(model(**batch, labels=batch["input_ids"]).loss)


def test_placeholders_and_molecules_must_agree_in_number(model):
    batch = tiny_batch(model.config)
    short = {**batch, "input_ids": batch["input_ids"].clone()}
    short["input_ids"][1, -3] = 5
    tokens = 3 * model.config.num_graph_tokens
    with pytest.raises(ValueError, match=rf"{tokens - 1} <graph> placeholders.* {tokens} graph tokens"):
        model(**short)
    with pytest.raises(ValueError, match=r"placeholders.* 0 graph tokens"):
        model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])


def test_missing_motifs_are_refused(model):
    batch = tiny_batch(model.config)
    del batch["graph_motif_features"]
    with pytest.raises(ValueError, match="motif"):
        model(**batch)


def test_compiled_forward_equals_eager(model):
    batch = tiny_batch(model.config)
    compiled = torch.compile(model, backend="aot_eager")
    torch.testing.assert_close(compiled(**batch).logits, model(**batch).logits, atol=2e-5, rtol=1e-4)


def test_initialises_on_the_meta_device():
    with torch.device("meta"):
        model = LlamoForConditionalGeneration(tiny_config())
    assert all(parameter.is_meta for parameter in model.parameters())


def test_encoder_weights_survive_loading_alone_and_out_of_a_whole_model(tmp_path):
    model = tiny_model()
    encoder = model.model.graph_encoder
    encoder.save_pretrained(tmp_path / "encoder")
    model.save_pretrained(tmp_path / "whole")
    for source in ("encoder", "whole"):
        loaded = LlamoGraphEncoder.from_pretrained(tmp_path / source)
        for name, tensor in encoder.state_dict().items():
            assert torch.equal(tensor, loaded.state_dict()[name]), (source, name)
        loaded.save_pretrained(tmp_path / f"again_{source}")
        again = LlamoGraphEncoder.from_pretrained(tmp_path / f"again_{source}")
        assert torch.equal(again.layers[1].up_proj.weight, encoder.layers[1].up_proj.weight)
