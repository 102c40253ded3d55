"""What can be done to a model folder, and what the one line then says."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
Damage = Callable[[Path], object]


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
