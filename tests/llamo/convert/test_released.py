"""Converting a checkpoint in the released layout: everything arrives, and what does not fit is named."""

import json

import pytest
import torch
from peft import PeftModel
from safetensors.torch import save_file
from transformers import AutoModel, AutoProcessor, AutoTokenizer, GenerationConfig, OPTConfig

from llamo.convert.layout import begin_texts_once
from llamo.convert.released import convert
from tests.llamo.convert.released import LAYERS, TEXT_WIDTH, released_state_dict, text_folder, with_lora


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    return text_folder(tmp_path_factory.mktemp("text"))


@pytest.fixture
def state_dict(text):
    return released_state_dict(text[1])


def save(state_dict, path):
    torch.save({"state_dict": state_dict, "epoch": 1}, path)
    return path


def test_every_tensor_arrives_where_it_belongs(text, state_dict, tmp_path):
    convert(save(state_dict, tmp_path / "x.ckpt"), tmp_path / "out", text_model=str(text[0]))
    model = AutoModel.from_pretrained(tmp_path / "out")
    encoder, projector = model.model.graph_encoder, model.model.projector
    their = {name.removeprefix("mllm."): tensor for name, tensor in state_dict.items()}
    node = "graph_model.molecule_node_model"
    pairs = [
        (encoder.atom_embedding.tables[1].weight, their[f"{node}.atom_encoder.atom_embedding_list.1.weight"]),
        (encoder.layers[1].eps, their[f"{node}.gnns.1.eps"]),
        (encoder.layers[1].up_proj.weight, their[f"{node}.gnns.1.mlp.0.weight"]),
        (encoder.layers[0].inner_norm.running_mean, their[f"{node}.gnns.0.mlp.1.running_mean"]),
        (encoder.layers[0].inner_norm.num_batches_tracked, torch.tensor(7)),
        (encoder.layers[1].norm.weight, their[f"{node}.batch_norms.1.weight"]),
        (projector.level_queries, their["abstractor.query_tokens"]),
        (projector.motif_queries, their["abstractor.motif_query_tokens"]),
        (projector.mlp.layers[1].weight, their["abstractor.net.2.weight"]),
        (projector.level_attention.key_weight[0], their["abstractor.cross_attention.0.in_proj_weight"][8:16]),
        (projector.motif_attention.value_bias[0], their["abstractor.motif_cross_attention.in_proj_bias"][16:]),
        (projector.level_attention.output_bias[0], their["abstractor.cross_attention.0.out_proj.bias"]),
        (model.get_input_embeddings().weight[:-1], their["language_model.model.embed_tokens.weight"]),
        (model.lm_head.weight[:-1], their["language_model.lm_head.weight"]),
    ]
    for found, expected in pairs:
        assert torch.equal(found, expected)


def test_the_folder_answers(text, state_dict, tmp_path):
    convert(save(state_dict, tmp_path / "x.ckpt"), tmp_path / "out", text_model=str(text[0]))
    model, processor = AutoModel.from_pretrained(tmp_path / "out"), AutoProcessor.from_pretrained(tmp_path / "out")
    inputs = processor("C[C@H](N)O", "What is it?")
    assert "[INST] <<SYS>>\nThe following" in processor.tokenizer.decode(inputs["input_ids"][0])
    assert "CC(N)O<graph>" in processor.tokenizer.decode(inputs["input_ids"][0])
    assert int((inputs["input_ids"] == model.config.graph_token_id).sum()) == model.config.num_graph_tokens
    assert model.generate(**inputs, max_new_tokens=3).shape[1] > inputs["input_ids"].shape[1]
    assert GenerationConfig.from_pretrained(tmp_path / "out").pad_token_id == 0


@pytest.mark.parametrize("kind", ["ckpt", "pt", "safetensors"])
def test_every_container_gives_the_same(text, state_dict, tmp_path, kind):
    convert(save(state_dict, tmp_path / "x.ckpt"), tmp_path / "one", text_model=str(text[0]))
    path = tmp_path / f"y.{kind}"
    if kind == "safetensors":
        aliases = tuple(f"mllm.abstractor.cross_attention.{level}." for level in range(1, LAYERS + 1))
        save_file({name: value for name, value in state_dict.items() if not name.startswith(aliases)}, path)
    else:
        torch.save(state_dict if kind == "pt" else {"state_dict": state_dict}, path)
    convert(path, tmp_path / "two", text_model=str(text[0]))
    assert (tmp_path / "one" / "model.safetensors").read_bytes() == (
        tmp_path / "two" / "model.safetensors"
    ).read_bytes()


def test_shards_and_dtype_are_as_asked_for(text, state_dict, tmp_path):
    source, out = save(state_dict, tmp_path / "x.ckpt"), tmp_path / "out"
    convert(source, out, text_model=str(text[0]), dtype="bfloat16", max_shard_size="30KB")
    assert (out / "model.safetensors.index.json").is_file()
    model = AutoModel.from_pretrained(out)
    assert model.lm_head.weight.dtype == torch.bfloat16
    assert model.model.projector.level_queries.dtype == torch.float32


def without(state_dict, name):
    return {key: value for key, value in state_dict.items() if key != name}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda s: {**s, "mllm.extra.weight": torch.zeros(2)}, r"without a place in LLaMo: mllm\.extra\.weight"),
        (lambda s: without(s, "mllm.abstractor.net.2.bias"), r"lacks tensors: mllm\.abstractor\.net\.2\.bias"),
        (lambda s: without(s, "mllm.abstractor.query_tokens"), r"lacks tensors: mllm\.abstractor\.query_tokens"),
        (
            lambda s: {**s, "mllm.abstractor.net.2.bias": torch.zeros(3)},
            r"mllm\.abstractor\.net\.2\.bias has shape \(3,\)",
        ),
        (
            lambda s: {**s, "mllm.abstractor.cross_attention.1.out_proj.bias": torch.zeros(8)},
            r"cross_attention\.1\.out_proj\.bias differs",
        ),
        (
            lambda s: {
                name: value[:-5] if name.endswith(("embed_tokens.weight", "lm_head.weight")) else value
                for name, value in s.items()
            },
            "255 embedding rows, the text model's tokenizer 260 tokens",
        ),
        (lambda s: {"model.embed.weight": torch.zeros(1)}, "is no LLaMo checkpoint"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_left_behind(text, state_dict, tmp_path, spoil, message):
    source = save(spoil(state_dict), tmp_path / "x.ckpt")
    with pytest.raises(ValueError, match=message):
        convert(source, tmp_path / "out", text_model=str(text[0]))
    assert [path.name for path in tmp_path.iterdir()] == ["x.ckpt"]


def test_files_that_are_no_checkpoint_are_refused(text, tmp_path):
    class Trap:
        def __reduce__(self):
            return (print, ("the trap ran",))

    (tmp_path / "cut.ckpt").write_bytes(b"PK\x03\x04 cut off")
    (tmp_path / "cut.safetensors").write_bytes(b"\x10\x00")
    torch.save({"state_dict": Trap()}, tmp_path / "trap.ckpt")
    torch.save([1, 2], tmp_path / "list.pt")
    for name, message in [
        ("cut.ckpt", "cannot be read"),
        ("cut.safetensors", "cannot be read"),
        ("trap.ckpt", "holds more than tensors"),
        ("list.pt", "holds no state dict"),
        ("absent.ckpt", "is no file"),
    ]:
        with pytest.raises(ValueError, match=message):
            convert(tmp_path / name, tmp_path / "out", text_model=str(text[0]))


def test_an_output_that_is_there_is_not_overwritten_unasked(text, state_dict, tmp_path):
    source, out = save(state_dict, tmp_path / "x.ckpt"), tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep")
    (out / "config.json").write_text('{"model_type": "llamo"}')
    with pytest.raises(ValueError, match="is there already"):
        convert(source, out, text_model=str(text[0]))
    assert (out / "mine.txt").read_text() == "keep"
    convert(source, out, text_model=str(text[0]), overwrite=True)
    assert (out / "config.json").is_file() and not (out / "mine.txt").exists()


def test_inputs_are_never_replaced(text, state_dict, tmp_path):
    source = save(state_dict, tmp_path / "x.ckpt")
    with pytest.raises(ValueError, match="holds something else than a LLaMo"):
        convert(source, tmp_path, text_model=str(text[0]), overwrite=True)
    (tmp_path / "config.json").write_text('{"model_type": "llamo"}')
    with pytest.raises(ValueError, match="lies in the output"):
        convert(source, tmp_path, text_model=str(text[0]), overwrite=True)
    (tmp_path / "config.json").unlink()
    with pytest.raises(ValueError, match="is a file"):
        convert(source, source, text_model=str(text[0]), overwrite=True)
    assert source.is_file()
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    convert(source, tmp_path / "link", text_model=str(text[0]), overwrite=True)
    assert (tmp_path / "real" / "config.json").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real", "x.ckpt"]


def test_lora_is_merged_or_kept_to_the_same_answers(text, state_dict, tmp_path):
    source = save(with_lora(state_dict), tmp_path / "x.ckpt")
    for lora in ("merge", "keep"):
        convert(source, tmp_path / lora, text_model=str(text[0]), lora=lora, lora_alpha=8)
    merged, processor = (auto.from_pretrained(tmp_path / "merge") for auto in (AutoModel, AutoProcessor))
    kept = PeftModel.from_pretrained(AutoModel.from_pretrained(tmp_path / "keep"), tmp_path / "keep" / "lora").eval()
    plain = AutoModel.from_pretrained(tmp_path / "keep").eval()
    inputs = processor(["CCO", "c1ccccc1"], ["What?", "Name it, please."])
    with torch.no_grad():
        expected = merged.eval()(**inputs).logits
        torch.testing.assert_close(kept(**inputs).logits, expected, atol=1e-4, rtol=1e-4)
        assert (plain(**inputs).logits - expected).abs().max() > 1e-2
    assert json.loads((tmp_path / "keep" / "lora" / "adapter_config.json").read_text())["lora_alpha"] == 8


def test_what_becomes_of_lora_must_be_said(text, state_dict, tmp_path):
    with pytest.raises(ValueError, match="choose --merge-lora or --keep-lora"):
        convert(save(with_lora(state_dict), tmp_path / "x.ckpt"), tmp_path / "out", text_model=str(text[0]))
    with pytest.raises(ValueError, match="has no LoRA weights"):
        convert(save(state_dict, tmp_path / "y.ckpt"), tmp_path / "out", text_model=str(text[0]), lora="merge")
    halved = without(with_lora(state_dict), _one_lora_b(state_dict))
    with pytest.raises(ValueError, match="is incomplete"):
        convert(save(halved, tmp_path / "z.ckpt"), tmp_path / "out", text_model=str(text[0]), lora="merge")


def _one_lora_b(state_dict) -> str:
    return next(name for name in with_lora(state_dict) if "lora_B" in name)


@pytest.mark.parametrize("family", ["opt", "tied llama"])
def test_other_language_models_convert_too(tmp_path, family):
    if family == "opt":
        config = OPTConfig(
            vocab_size=260, hidden_size=TEXT_WIDTH, ffn_dim=48, num_hidden_layers=1, num_attention_heads=4,
            word_embed_proj_dim=TEXT_WIDTH, max_position_embeddings=128, pad_token_id=0,
        )  # fmt: skip
        folder, weights = text_folder(tmp_path / "text", config)
    else:
        folder, weights = text_folder(tmp_path / "text", tie_word_embeddings=True)
    source = save(released_state_dict(weights), tmp_path / "x.ckpt")
    report = convert(source, tmp_path / "out", text_model=str(folder))
    assert any("tied to the token embedding" in line.note for line in report.lines)
    model = AutoModel.from_pretrained(tmp_path / "out")
    assert torch.equal(model.lm_head.weight[:-1], weights["lm_head.weight"])
    assert model.lm_head.weight.data_ptr() == model.get_input_embeddings().weight.data_ptr()


def test_a_missing_pad_token_is_added_where_the_checkpoint_has_its_row(text, state_dict, tmp_path):
    rows = {"mllm.language_model.model.embed_tokens.weight", "mllm.language_model.lm_head.weight"}
    longer = {n: torch.cat([v, torch.full((1, TEXT_WIDTH), 9.0)]) if n in rows else v for n, v in state_dict.items()}
    folder = tmp_path / "text"
    text_folder(folder)
    tokenizer = json.loads((folder / "tokenizer.json").read_text().replace("<pad>", "<other>"))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings.pop("pad_token")
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    convert(save(longer, tmp_path / "x.ckpt"), tmp_path / "out", text_model=str(folder))
    processor = AutoProcessor.from_pretrained(tmp_path / "out")
    assert (processor.tokenizer.pad_token_id, processor.graph_token_id) == (260, 261)


def test_a_legacy_sentencepiece_tokenizer_marks_beginnings_of_texts_only(tmp_path):
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    backend = Tokenizer(models.BPE(vocab={"<unk>": 0, "<s>": 1, "▁": 2, "[": 3, "x": 4}, merges=[], unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    legacy = PreTrainedTokenizerFast(tokenizer_object=backend, bos_token="<s>", unk_token="<unk>")
    assert legacy.tokenize("<s>[") == ["<s>", "▁", "["]
    begin_texts_once(legacy).save_pretrained(tmp_path)
    assert AutoTokenizer.from_pretrained(tmp_path).tokenize("<s>[") == ["<s>", "["]
    assert AutoTokenizer.from_pretrained(tmp_path).tokenize("[") == ["▁", "["]
