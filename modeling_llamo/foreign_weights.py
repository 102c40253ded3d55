"""Weights in other people's files: tensors by name, and nothing that runs code."""

import argparse
import pickle
import zipfile
from pathlib import Path

import torch
from safetensors.torch import load_file


def read_state_dict(path: str | Path) -> dict[str, torch.Tensor]:
    """The state dict in a file, mapped from disk where the format allows it. Pickles are read as tensors only.

    Raises:
        ValueError: it cannot be read, or holds something else.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path} is no file; pass a .ckpt, .pt or .safetensors")
    try:
        loaded = load_file(path) if path.suffix == ".safetensors" else _read_pickle(path)
    except pickle.UnpicklingError as error:
        reason = next((line for line in str(error).splitlines() if "GLOBAL" in line or "global" in line), str(error))
        raise ValueError(
            f"{path} holds more than tensors and plain values, which is not read for safety ({reason.strip()[:200]}); "
            "save its state dict alone, where you trust it: torch.save({'state_dict': ...}) or safetensors"
        ) from error
    except Exception as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise ValueError(f"{path} cannot be read: {reason}; the file may be cut off or no checkpoint") from error
    state_dict = loaded.get("state_dict", loaded) if isinstance(loaded, dict) else loaded
    if not isinstance(state_dict, dict) or not all(isinstance(value, torch.Tensor) for value in state_dict.values()):
        raise ValueError(f"{path} holds no state dict: expected names and tensors, or those under 'state_dict'")
    return state_dict


def _read_pickle(path: Path):
    # Lightning keeps hyper-parameters beside the weights, often as a Namespace, which is plain values.
    with torch.serialization.safe_globals([argparse.Namespace]):
        return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
