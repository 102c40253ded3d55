"""Model folders that are damaged in one place: each is refused in one line that names the file, none is half loaded."""

import json
import os
import random
import shutil
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoModelForCausalLM, AutoProcessor
from typer.testing import CliRunner

from llamo import cli
from llamo.assistant import Assistant
from llamo.convert.reverse import read_weights
from llamo.hub.upload import push
from llamo.training.recipe import read_recipe
from modeling_llamo import LlamoForConditionalGeneration, LlamoGraphEncoder, LlamoModel
from modeling_llamo.text import load_text_model
from tests.llamo.asking.models import save_model
from tests.llamo.serving.servers import running, tiny_service

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
Damage = Callable[[Path], object]


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> Path:
    return save_model(tmp_path_factory.mktemp("whole") / "model")


@pytest.fixture
def folder(tmp_path, whole) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "model"))


def cut(length: float) -> Damage:
    """Keeps so many bytes of the weights; a share of them below 1, and of a negative number all but those."""

    def damage(folder: Path):
        data = (folder / WEIGHTS).read_bytes()
        kept = int(length * len(data)) if 0 < length < 1 else int(length)
        (folder / WEIGHTS).write_bytes(data[:kept])

    return damage


def flip(at: int) -> Damage:
    def damage(folder: Path):
        data = bytearray((folder / WEIGHTS).read_bytes())
        data[at] ^= 0x40
        (folder / WEIGHTS).write_bytes(data)

    return damage


def weights(change: Callable[[dict[str, torch.Tensor]], object]) -> Damage:
    def damage(folder: Path):
        tensors = load_file(folder / WEIGHTS)
        change(tensors)
        save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})

    return damage


def without(part: str) -> Damage:
    return weights(lambda tensors: [tensors.pop(name) for name in list(tensors) if part in name])


def settings(name: str, change: Callable[[dict], object]) -> Damage:
    def damage(folder: Path):
        values = json.loads((folder / name).read_text())
        change(values)
        (folder / name).write_text(json.dumps(values))

    return damage


def text(name: str, content: str) -> Damage:
    return lambda folder: (folder / name).write_text(content)


def half(name: str) -> Damage:
    return lambda folder: (folder / name).write_bytes(
        (folder / name).read_bytes()[: (folder / name).stat().st_size // 2]
    )


def gone(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def instead(name: str, make: Callable[[Path], object]) -> Damage:
    def damage(folder: Path):
        (folder / name).unlink()
        make(folder / name)

    return damage


def shards(folder: Path):
    model = AutoModel.from_pretrained(folder)
    (folder / WEIGHTS).unlink()
    model.save_pretrained(folder, max_shard_size="50KB")


def a_shard_is_gone(folder: Path):
    shards(folder)
    sorted(folder.glob("model-*.safetensors"))[1].unlink()


def a_shard_is_cut(folder: Path):
    shards(folder)
    path = sorted(folder.glob("model-*.safetensors"))[1]
    path.write_bytes(path.read_bytes()[:-1])


def shard_named(name: str) -> Damage:
    def damage(folder: Path):
        shutil.copy(folder / WEIGHTS, folder.parent)
        shards(folder)
        settings(INDEX, lambda index: index["weight_map"].update({"lm_head.weight": name}))(folder)

    return damage


def other_tokenizer(folder: Path):
    """One with 40 more words than the model has rows."""
    values = json.loads((folder / "tokenizer.json").read_text())
    values["model"]["vocab"] |= {f"word{number}": 300 + number for number in range(40)}
    (folder / "tokenizer.json").write_text(json.dumps(values))


# What is done to a folder -> what the one line says.
DAMAGE: dict[str, tuple[Damage, str]] = {
    "weights: empty": (cut(0), "model.safetensors is damaged: .*header too small"),
    "weights: 4 bytes": (cut(4), "model.safetensors is damaged"),
    "weights: 8 bytes": (cut(8), "model.safetensors is damaged"),
    "weights: half a header": (cut(500), "model.safetensors is damaged"),
    "weights: half": (cut(0.5), "model.safetensors is damaged: .*not fully covered"),
    "weights: one byte less": (cut(-1), "model.safetensors is damaged"),
    "weights: length of the header flipped": (flip(0), "model.safetensors is damaged"),
    "weights: length of the header huge": (flip(7), "model.safetensors is damaged"),
    "weights: header flipped": (flip(100), "model.safetensors"),
    "weights: gone": (gone(WEIGHTS), "model.safetensors"),
    "weights: a folder": (instead(WEIGHTS, os.mkdir), "model.safetensors is no file"),
    "weights: a FIFO": (instead(WEIGHTS, os.mkfifo), "model.safetensors is no file"),
    "weights: a device": (instead(WEIGHTS, lambda path: path.symlink_to("/dev/zero")), "model.safetensors is no file"),
    "weights: a link to itself": (instead(WEIGHTS, lambda path: path.symlink_to(path)), "model.safetensors"),
    "weights: no projector": (without("projector"), r"lacks (model\.)?projector.*and \d+ more"),
    "weights: no encoder": (without("graph_encoder"), r"lacks (model\.)?graph_encoder"),
    "weights: no layer of the language model": (without("language_model.layers.1"), r"lacks (model\.)?language_model"),
    "weights: no head": (without("lm_head"), "lacks lm_head.weight"),
    "weights: one more": (weights(lambda t: t.update(other=torch.ones(1))), "without a place in the model: other"),
    "weights: another shape": (
        weights(lambda t: t.update({"lm_head.weight": t["lm_head.weight"][:50].clone()})),
        r"of another shape: lm_head.weight is \[50, 32\], expected \[261, 32\]",
    ),
    "weights: not finite": (
        weights(lambda t: t["lm_head.weight"][0].fill_(float("nan"))),
        "holds numbers that are not finite",
    ),
    "shards: one is gone": (a_shard_is_gone, "names model-00002-of-0000.*which is not there"),
    "shards: one is cut": (a_shard_is_cut, "model-00002-of-0000.*is damaged"),
    "shards: a name outside": (shard_named(f"../{WEIGHTS}"), "outside of the folder"),
    "shards: an absolute name": (shard_named("/dev/zero"), "/dev/zero"),
    "config: half": (half("config.json"), "config.json is no JSON"),
    "config: empty": (text("config.json", ""), "config.json is no JSON"),
    "config: a word": (text("config.json", "hello"), "config.json is no JSON"),
    "config: a list": (text("config.json", "[]"), "config.json holds no object: its JSON is a list"),
    "config: deep": (text("config.json", "[" * 200_000), "config.json nests deeper"),
    "config: gone": (gone("config.json"), "lacks config.json"),
    "config: a folder": (instead("config.json", os.mkdir), "config.json is no file"),
    "config: a FIFO": (instead("config.json", os.mkfifo), "config.json is no file"),
    "config: another model": (settings("config.json", lambda c: c.update(model_type="bert")), "is no LLaMo|bert"),
    "config: an unknown model": (settings("config.json", lambda c: c.update(model_type="xyz")), "model type `xyz`"),
    "config: no model": (settings("config.json", lambda c: c.pop("model_type")), "model_type"),
    "config: a width below 0": (settings("config.json", lambda c: c["text_config"].update(hidden_size=-4)), "-4"),
    "config: a word for a number": (
        settings("config.json", lambda c: c["text_config"].update(num_hidden_layers="two")),
        "num_hidden_layers.*expected int",
    ),
    "config: heads that do not divide": (
        settings("config.json", lambda c: c["projector_config"].update(num_attention_heads=7)),
        "must be a multiple",
    ),
    "config: a layer more": (
        settings("config.json", lambda c: c["text_config"].update(num_hidden_layers=3)),
        "lacks model.language_model.layers.2",
    ),
    "config: a layer less": (
        settings("config.json", lambda c: c["text_config"].update(num_hidden_layers=1)),
        "without a place in the model: model.language_model.layers.1",
    ),
    "config: a width that no memory holds": (
        settings("config.json", lambda c: c["text_config"].update(hidden_size=10**7)),
        "of another shape",
    ),
    "config: no language model": (settings("config.json", lambda c: c.update(text_config=None)), "another shape"),
    "config: another graph token": (settings("config.json", lambda c: c.update(graph_token_id=5)), "graph_token_id is"),
    "config: a graph token outside": (
        settings("config.json", lambda c: c.update(graph_token_id=10**6)),
        "outside the vocabulary",
    ),
    "generation config: half": (half("generation_config.json"), "generation_config.json is no JSON"),
    "processor: half": (half("processor_config.json"), "processor_config.json is no JSON"),
    "processor: a list": (text("processor_config.json", "[]"), "processor_config.json holds no object"),
    "processor: gone": (gone("processor_config.json"), "lacks processor_config.json"),
    "processor: another": (
        settings("processor_config.json", lambda c: c.update(processor_class="CLIPProcessor")),
        "model",
    ),
    "processor: other graph tokens": (
        settings("processor_config.json", lambda c: c.update(num_graph_tokens=3)),
        "num_graph_tokens is 3 in the processor, 10 in the model",
    ),
    "processor: an unknown position": (
        settings("processor_config.json", lambda c: c.update(smiles_position="x")),
        "smiles_position",
    ),
    "template: half": (half("chat_template.jinja"), "chat template.*is damaged"),
    "template: nonsense": (text("chat_template.jinja", "{% for x %}"), "chat template.*is damaged"),
    "template: no question": (text("chat_template.jinja", "hello"), "does not show the question"),
    "template: gone": (gone("chat_template.jinja"), "lacks its chat_template.jinja"),
    "template: empty": (text("chat_template.jinja", ""), "lacks its chat_template.jinja"),
    "tokenizer: half": (half("tokenizer.json"), "tokenizer.json is no JSON"),
    "tokenizer: gone": (gone("tokenizer.json"), "lacks its tokenizer"),
    "tokenizer: its config half": (half("tokenizer_config.json"), "tokenizer_config.json is no JSON"),
    "tokenizer: more words than the model": (other_tokenizer, "the tokenizer has ids up to 339, the model 261"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_folder_is_refused_in_one_line(name, folder):
    damage, told = DAMAGE[name]
    damage(folder)
    with pytest.raises((ValueError, OSError), match=told) as caught:
        Assistant.load(folder, device="cpu")
    assert str(folder) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("load", [AutoModel, LlamoForConditionalGeneration, LlamoModel])
@pytest.mark.parametrize("name", ["weights: no projector", "weights: no encoder", "weights: no head"])
def test_no_class_fills_up_what_is_missing(load, name, folder):
    DAMAGE[name][0](folder)
    if load is LlamoModel and name == "weights: no head":
        load.from_pretrained(folder)
        return
    with pytest.raises(ValueError, match=DAMAGE[name][1]):
        load.from_pretrained(folder)


def test_who_asks_for_the_account_of_what_is_missing_gets_it(folder):
    DAMAGE["weights: no projector"][0](folder)
    _, account = LlamoForConditionalGeneration.from_pretrained(folder, output_loading_info=True)
    assert account["missing_keys"] and all("projector" in name for name in account["missing_keys"])


def test_no_encoder_is_half_loaded(folder):
    without("graph_encoder.layers.1")(folder)
    with pytest.raises(ValueError, match=r"lacks layers\.1"):
        LlamoGraphEncoder.from_pretrained(folder)


def test_no_language_model_is_half_loaded(folder, tmp_path):
    config = AutoModel.from_pretrained(folder).config.text_config
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path / "text")
    assert load_text_model(tmp_path / "text") is not None
    without("layers.1")(tmp_path / "text")
    with pytest.raises(ValueError, match=r"text: \d+ weights of the language model are not there"):
        load_text_model(tmp_path / "text")
    with pytest.raises(ValueError, match="are not there"):
        LlamoForConditionalGeneration.from_components(str(tmp_path / "text"))


def test_a_part_is_taken_where_it_is_handed_over_by_name(folder):
    model = AutoModel.from_pretrained(folder)
    part = {name: tensor for name, tensor in model.state_dict().items() if "projector" not in name}
    fresh = LlamoForConditionalGeneration.from_pretrained(None, config=model.config, state_dict=part)
    assert torch.equal(fresh.lm_head.weight, model.lm_head.weight)


def test_other_shapes_are_taken_where_they_are_asked_for(folder):
    DAMAGE["weights: another shape"][0](folder)
    assert AutoModel.from_pretrained(folder, ignore_mismatched_sizes=True).lm_head.weight.shape == (261, 32)


def test_tied_weights_are_saved_once_and_not_missing(tmp_path, folder):
    model = AutoModel.from_pretrained(folder)
    model.config.text_config.tie_word_embeddings = model.config.tie_word_embeddings = True
    model.tie_weights()
    model.save_pretrained(tmp_path / "tied")
    assert "lm_head.weight" not in load_file(tmp_path / "tied" / WEIGHTS)
    assert AutoModel.from_pretrained(tmp_path / "tied").config.tie_word_embeddings


def test_any_bit_that_flips_in_the_header_is_an_error(folder):
    whole, chance = (folder / WEIGHTS).read_bytes(), random.Random(0)
    length = 8 + int.from_bytes(whole[:8], "little")
    for _ in range(40):
        data = bytearray(whole)
        data[chance.randrange(length)] ^= 1 << chance.randrange(8)
        (folder / WEIGHTS).write_bytes(data)
        with pytest.raises((ValueError, OSError), match=str(folder)):
            LlamoForConditionalGeneration.from_pretrained(folder)


def test_a_bit_that_flips_among_the_numbers_is_seen_only_where_they_are_no_longer_finite(folder):
    """The law of safetensors: no checksum. What is loaded is then another model, which no line here hides."""
    size = (folder / WEIGHTS).stat().st_size
    start = 8 + int.from_bytes((folder / WEIGHTS).read_bytes()[:8], "little")
    whole, chance = (folder / WEIGHTS).read_bytes(), random.Random(0)
    seen = 0
    for _ in range(20):
        data = bytearray(whole)
        data[chance.randrange(start, size)] ^= 1 << chance.randrange(8)
        (folder / WEIGHTS).write_bytes(data)
        try:
            LlamoForConditionalGeneration.from_pretrained(folder)
        except ValueError as error:
            assert "not finite" in str(error)
            seen += 1
    assert seen < 20


@pytest.mark.parametrize(
    "command", [["describe", "CCO"], ["embed", "CCO", "--json"], ["explain", "CCO"], ["chat", "CCO"]]
)
def test_commands_say_it_in_one_line(command, folder, monkeypatch, capsys):
    DAMAGE["weights: half"][0](folder)
    told = CliRunner().invoke(cli.app, [*command, "--model", str(folder)])
    assert isinstance(told.exception, ValueError | OSError)
    assert "model.safetensors is damaged" in str(told.exception)


def test_the_server_does_not_start_with_it(folder):
    DAMAGE["weights: no projector"][0](folder)
    told = CliRunner().invoke(cli.app, ["serve", str(folder)])
    assert isinstance(told.exception, ValueError) and "lacks model.projector" in str(told.exception)


@pytest.fixture
def adapter(folder, tmp_path) -> Path:
    """LoRA matrices and a projector of their own on the model in `folder`."""
    place = tmp_path / "adapter"
    settings = LoraConfig(r=2, target_modules=r".*q_proj", modules_to_save=["model.projector"], task_type="CAUSAL_LM")
    model = get_peft_model(AutoModel.from_pretrained(folder), settings)
    model.peft_config["default"].base_model_name_or_path = str(folder)
    model.save_pretrained(place)
    AutoProcessor.from_pretrained(folder).save_pretrained(place)
    assert Assistant.load(place, device="cpu")
    return place


def change_adapter(adapter: Path, change: Callable[[dict[str, torch.Tensor]], object]):
    tensors = load_file(adapter / "adapter_model.safetensors")
    change(tensors)
    save_file(tensors, adapter / "adapter_model.safetensors", metadata={"format": "pt"})


def test_an_adapter_whose_base_is_gone_says_where_it_was(adapter, folder):
    folder.rename(folder.with_name("moved"))
    with pytest.raises(ValueError, match=rf"is an adapter of {folder}, which is not there; put the model back"):
        Assistant.load(adapter, device="cpu")


def test_an_adapter_that_is_cut_is_named(adapter):
    path = adapter / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises((ValueError, OSError), match=r"adapter_model.safetensors is damaged"):
        Assistant.load(adapter, device="cpu")


def test_an_adapter_that_lacks_a_matrix_is_refused(adapter):
    change_adapter(adapter, lambda tensors: tensors.pop(next(name for name in tensors if "lora_A" in name)))
    with pytest.raises(ValueError, match=r"adapter.*lacks .*lora_A"):
        Assistant.load(adapter, device="cpu")


@pytest.mark.parametrize("change", [{"num_hidden_layers": 1}, {"hidden_size": 16, "head_dim": 4}], ids=str)
def test_an_adapter_on_another_base_is_refused(change, adapter, folder):
    config = AutoModel.from_pretrained(folder).config
    for name, value in change.items():
        setattr(config.text_config, name, value)
    LlamoForConditionalGeneration(config).save_pretrained(folder)
    with pytest.raises(ValueError, match=r"adapter.*(without a place|another shape)"):
        Assistant.load(adapter, device="cpu")


def test_a_base_of_an_adapter_that_is_damaged_is_named(adapter, folder):
    DAMAGE["weights: half"][0](folder)
    with pytest.raises((ValueError, OSError), match=r"model/model.safetensors is damaged"):
        Assistant.load(adapter, device="cpu")


def test_no_export_reads_outside_of_the_folder(folder, tmp_path):
    shard_named(f"../{WEIGHTS}")(folder)
    with pytest.raises(ValueError, match="which is outside of the folder"):
        read_weights(folder)


def test_no_export_is_made_of_damaged_weights(folder):
    DAMAGE["weights: half"][0](folder)
    with pytest.raises(ValueError, match="safetensors is damaged"):
        read_weights(folder)


def test_no_link_to_a_file_elsewhere_is_uploaded(folder, tmp_path):
    (tmp_path / "secret.json").write_text("{}")
    (folder / "notes.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(ValueError, match=r"notes.json is a link to a file outside"):
        push(folder, "me/model")


def test_a_recipe_whose_aliases_multiply_is_refused(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines))
    (tmp_path / "endless.yaml").write_text("a: &a [*a]")
    (tmp_path / "deep.yaml").write_text("[" * 5000)
    for name, told in {"bomb": "holds more than", "endless": "nests deeper", "deep": "nests deeper"}.items():
        with pytest.raises(ValueError, match=rf"{name}\.yaml {told}"):
            read_recipe(tmp_path / f"{name}.yaml")


def test_the_server_gives_no_file_outside_of_its_page():
    outside = ["/../app.py", "/..%2fapp.py", "/%2e%2e/app.py", "/explanation/../../app.py", "//etc/passwd", "/%00"]
    with running(tiny_service()) as server:
        for path in outside:
            connection = HTTPConnection("127.0.0.1", server.port)
            connection.request("GET", path)  # as it is, which other clients would shorten
            told = connection.getresponse()
            assert told.status in (400, 404) and b"import" not in told.read(), path
