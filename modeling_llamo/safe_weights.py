"""Models that are loaded whole, from safetensors, or not at all.

Knows files of weights and transformers' account of what it read from them. It does not know whether the numbers are
the right ones: safetensors has no checksum.
"""

import json
from collections.abc import Collection, Iterable
from contextvars import ContextVar
from pathlib import Path, PurePath
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import nn

_CHECKED = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
AGAIN = "copy or download the folder again"
# Whether the caller is given the account of what was missing and left over, and so decides what to make of it.
_is_told: ContextVar[bool] = ContextVar("is_told", default=False)


class SafeWeightsMixin:
    """Before `PreTrainedModel`: pickled weights (`pytorch_model.bin`) are read only with `use_safetensors=False`.

    A file that is cut off, a weight that is missing, left over, of another shape or not finite is an error: the model
    would answer with fresh or broken layers. A `state_dict` that is passed may hold a part of the weights; and with
    `output_loading_info=True`, which returns what is missing and left over, that is left to the caller.
    """

    @classmethod
    def from_pretrained(cls, *args: Any, use_safetensors: bool | None = True, **kwargs: Any) -> Any:
        """transformers' own.

        Raises:
            OSError: there are no such files, or one is damaged; it is named.
            ValueError: the weights do not fit the config; they are named.
        """
        place = args[0] if args else kwargs.get("pretrained_model_name_or_path")
        _check_generation_config(Path(str(place)) / "generation_config.json")
        token = _is_told.set(bool(kwargs.get("output_loading_info")))
        try:
            return super().from_pretrained(*args, use_safetensors=use_safetensors, **kwargs)  # pyright: ignore
        except SafetensorError as error:
            raise OSError(f"{_damage(place) or f'{place} is damaged: {error}'}; {AGAIN}") from error
        finally:
            _is_told.reset(token)

    @staticmethod
    def _load_pretrained_model(
        model: Any,
        state_dict: dict | None,
        checkpoint_files: list[str] | None,
        load_config: Any,
        expected_keys: list[str] | None = None,
    ) -> Any:
        """transformers' own, which would fill with fresh weights what it did not find."""
        place = load_config.pretrained_model_name_or_path
        _check_names((load_config.sharded_metadata or {}).get("weight_map", {}).values(), place)
        loaded = super(SafeWeightsMixin, type(model))._load_pretrained_model(  # pyright: ignore
            model, state_dict, checkpoint_files, load_config, expected_keys
        )
        if state_dict is None:
            if not _is_told.get():
                _check_complete(model, loaded[0], load_config, expected_keys)
            _check_finite(model, place)
        return loaded


def wrong_weights(path: Path) -> str | None:
    """Why a file of weights cannot be opened; None where it can."""
    try:
        with safe_open(path, framework="pt"):
            return None
    except SafetensorError as error:
        return f"is damaged: {error}"


def read_settings(path: Path) -> Any:
    """A file of JSON.

    Raises:
        ValueError: why it is none, to be put behind its name.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("nests deeper than any settings do") from None
    except ValueError as error:
        raise ValueError(f"is no JSON: {error}") from error


def _damage(place: Any) -> str | None:
    """The first file of weights in a folder that cannot be opened, and why; None where none is found."""
    files = sorted(path for path in Path(str(place)).glob("*.safetensors") if path.is_file())
    return next((f"{path} {reason}" for path in files if (reason := wrong_weights(path))), None)


def _check_generation_config(path: Path):
    """transformers would take its own options for those it cannot read, and so another end of the answer."""
    try:
        if path.is_file():
            read_settings(path)
    except ValueError as error:
        raise OSError(f"{path} {error}; {AGAIN}, or delete it") from error


def is_inside(name: str) -> bool:
    """Whether a file that another names lies in the same folder or below it."""
    return not PurePath(name).is_absolute() and ".." not in PurePath(name).parts


def _check_names(names: Iterable[str], place: str):
    for name in names:
        if not is_inside(name):
            raise ValueError(
                f"{place}: the index of its weights names {name!r}, which is outside of the folder; {AGAIN}"
            )


def _check_complete(model: Any, found: Any, load_config: Any, expected: list[str] | None):
    """Before anything is allocated or initialised: a wrong config can ask for more than there is memory."""
    model._adjust_missing_and_unexpected_keys(found)
    missing = found.missing_keys - _tied(model, found.missing_keys)
    missing = missing if expected is None else missing & set(expected)
    others = set() if load_config.ignore_mismatched_sizes else found.mismatched_keys
    left = set() if load_config.is_quantized else found.unexpected_keys
    shapes = [f"{name} is {list(got)}, expected {list(wanted)}" for name, got, wanted in sorted(others)]
    reasons = {
        "lacks": listed(missing),
        "holds weights of another shape:": listed(shapes),
        "holds weights without a place in the model:": listed(left),
    }
    if told := " and ".join(f"{reason} {names}" for reason, names in reasons.items() if names):
        raise ValueError(
            f"{load_config.pretrained_model_name_or_path}: what is saved there does not fit its config: it {told}; "
            f"{AGAIN}, or the config.json or base that belongs to these weights"
        )


def _tied(model: Any, missing: Collection[str]) -> set[str]:
    """Those of the missing that are the same as a weight which is there."""
    groups: dict[str, set[str]] = {}
    for target, source in model.all_tied_weights_keys.items():
        groups.setdefault(source, {source}).add(target)
    return {name for group in groups.values() if not group <= set(missing) for name in group}


def _check_finite(model: nn.Module, place: str):
    """A pass over all numbers that costs about as much as copying them."""
    for name, tensor in (*model.named_parameters(), *model.named_buffers()):
        is_there = tensor.numel() and not tensor.is_meta and type(tensor.data) is torch.Tensor
        if is_there and tensor.dtype in _CHECKED and not all(map(torch.isfinite, tensor.detach().aminmax())):
            raise ValueError(f"{place}: the weight {name} holds numbers that are not finite; {AGAIN}")


def listed(names: Collection[str]) -> str:
    """The first three, and how many more there are."""
    shown = sorted(names)[:3]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")
