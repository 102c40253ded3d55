"""Reading a recording: molecules, conversations, batches and checkpoints, by the names its files use."""

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file


class Recording:
    """The files of one recording.

    Args:
        folder: where they are.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def json(self, name: str) -> Any:
        return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))

    @cached_property
    def molecules(self) -> dict[str, dict]:
        return {molecule["id"]: molecule for molecule in self.json("molecules")}

    @cached_property
    def arrays(self) -> dict[str, torch.Tensor]:
        return load_file(self.folder / "molecules.safetensors")

    @cached_property
    def conversations(self) -> dict[str, dict]:
        return {record["id"]: record for record in self.json("conversations")["conversations"]}

    @property
    def words(self) -> int:
        """Size of the vocabulary without the placeholder."""
        return self.json("conversations")["special"]["vocab_size_with_pad"]

    def messages(self, processor, name: str) -> list[dict]:
        """A recorded conversation as our messages, built from its record."""
        record = self.conversations[name]
        smiles = self.molecules[record["molecule"]]["smiles"]
        return processor.conversation(smiles, record["instruction"], record["output"])

    def official_state_dict(self, *, lora: bool = False) -> dict[str, torch.Tensor]:
        stored = load_file(self.folder / "state_dict.safetensors")
        if not lora:
            keys = self.json("state_dict_keys")["keys"]
            sources = {name: entry.get("alias_of", name) for name, entry in keys.items()}
        else:
            stored |= load_file(self.folder / "lora.safetensors")
            keys = self.json("lora_state_dict_keys")["keys"]
            sources = {name: entry.get("same_values_as", name) for name, entry in keys.items()}
        tensors: dict[tuple[str, str], torch.Tensor] = {}
        state_dict = {}
        for name, source in sources.items():
            source = source if source in stored else re.sub(r"cross_attention\.\d", "cross_attention.0", source)
            dtype = keys[name]["official_dtype"]
            key = (source, dtype)  # aliases share their memory, as in a real checkpoint
            tensors.setdefault(key, stored[source].to(getattr(torch, dtype)))
            state_dict[name] = tensors[key]
        return state_dict


def with_placeholders(ids: torch.Tensor | list[int], token_id: int) -> list:
    """Recorded ids, in which every graph token is -1, with our placeholder instead."""
    if isinstance(ids, torch.Tensor):
        return ids.masked_fill(ids < 0, token_id).tolist()
    return [token_id if token < 0 else token for token in ids]


def label_logprobs(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """(B, T) log-probability of each label from the position before; 0 where there is none."""
    logprobs = torch.zeros(labels.shape)
    own = labels[:, 1:] >= 0
    chosen = logits[:, :-1].log_softmax(-1).gather(-1, labels[:, 1:].clamp(min=0).unsqueeze(-1)).squeeze(-1)
    logprobs[:, 1:] = torch.where(own, chosen, 0.0)
    return logprobs
