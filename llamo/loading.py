"""How models are loaded: device, precision, quantisation; the same words for every command. Loads none itself."""

from importlib.util import find_spec
from typing import Any

DTYPES = ("auto", "float32", "bfloat16", "float16")


def choose_device(name: str | None) -> str:
    """A device by name; None takes a GPU if there is one.

    Raises:
        ValueError: torch finds none.
    """
    import torch

    if name is not None and name.startswith("cuda") and not torch.cuda.is_available():
        raise ValueError(f"device {name}: torch finds no GPU here; pass --device cpu")
    return name or ("cuda" if torch.cuda.is_available() else "cpu")


def loading_options(device: str, *, dtype: str | None = None, load_in_4bit: bool = False) -> dict[str, Any]:
    """Options of `from_pretrained` for a model that only answers; `put_on` it afterwards.

    Args:
        device: where it will compute.
        dtype: one of `DTYPES`; `auto` as it was saved, None float32 on a CPU, which is faster there, else `auto`.
        load_in_4bit: quantise the language model by bitsandbytes.

    Raises:
        ValueError: there is no such dtype, or bitsandbytes is missing.
    """
    wanted = dtype or ("float32" if device == "cpu" else "auto")
    if wanted not in DTYPES:
        raise ValueError(f"there is no dtype {dtype!r} to load a model in; give one of {', '.join(DTYPES)}")
    if not load_in_4bit:
        return {"dtype": wanted}
    if find_spec("bitsandbytes") is None:
        raise ValueError("4 bits need bitsandbytes; `pip install llamo[quantization]`, or leave load_in_4bit out")
    from llamo.training.building import four_bit

    return {"dtype": wanted, "quantization_config": four_bit(), "device_map": {"": device}}


def put_on(model: Any, device: str) -> Any:
    """The model on its device, in eval mode; one that was loaded by a device map is there already."""
    return (model if getattr(model, "hf_device_map", None) else model.to(device)).eval()
