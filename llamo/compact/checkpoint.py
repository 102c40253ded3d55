"""Checkpoints of a run that a killed run goes on from: weights, optimizer, step, in files that can be carried."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from modeling_llamo import LlamoForConditionalGeneration

SHARD_SIZE = "15MB"
# Added to the end of text's logit where the released model generates: trained on many short descriptions, it ends them
# too early (0.8 of the true words). On 150 validation molecules, of 0, -2 and -4 this gave the best BLEU-4.
END_BIAS = -2.0


def save(model: LlamoForConditionalGeneration, optimizer: torch.optim.Optimizer, step: int, folder: Path):
    """A checkpoint that is there whole or not at all; `step.json` is written last."""
    new, current = folder / "checkpoint.new", folder / "checkpoint"
    shutil.rmtree(new, ignore_errors=True)
    model.save_pretrained(new, max_shard_size=SHARD_SIZE)
    for number, (name, weight) in enumerate(_trained(model)):
        if weight not in optimizer.state:  # never used, as a graph encoder by text alone
            continue
        moments = {key: value.contiguous() for key, value in optimizer.state[weight].items()}
        save_file(moments, new / f"optimizer-{number:03}.safetensors", metadata={"weight": name})
    (new / "step.json").write_text(json.dumps({"step": step}), encoding="utf-8")
    shutil.rmtree(current, ignore_errors=True)
    new.rename(current)


def resume(model: LlamoForConditionalGeneration, optimizer: torch.optim.Optimizer, folder: Path, device: str) -> int:
    """Loads the checkpoint, if there is one; gives the steps that are done."""
    new, current = folder / "checkpoint.new", folder / "checkpoint"
    if not current.is_dir() and (new / "step.json").is_file():
        new.rename(current)  # stopped between the two
    if not current.is_dir():
        return 0
    model.load_state_dict(LlamoForConditionalGeneration.from_pretrained(current).state_dict())
    for number, (_, weight) in enumerate(_trained(model)):
        path = current / f"optimizer-{number:03}.safetensors"
        if path.is_file():
            optimizer.state[weight] = load_file(path, device=device)
    return int(json.loads((current / "step.json").read_text(encoding="utf-8"))["step"])


def release(run: Path, folder: Path):
    """The trained weights of a run in half the bytes, bfloat16, as an ordinary model folder.

    Loading makes float32 of the graph side again, as of every LLaMo's.
    """
    model = LlamoForConditionalGeneration.from_pretrained(run / "checkpoint", dtype=torch.bfloat16)
    for weight in model.parameters():
        weight.data = weight.data.to(torch.bfloat16)
    model.generation_config.sequence_bias = [[[model.generation_config.eos_token_id], END_BIAS]]
    model.save_pretrained(folder, max_shard_size=SHARD_SIZE)


def _trained(model: torch.nn.Module) -> list[tuple[str, torch.nn.Parameter]]:
    """Weights that the optimizer has moments of, in order."""
    return [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
