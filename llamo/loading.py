"""How models are loaded: device, precision, quantisation, whole and matching; the same words for every command."""

from importlib.util import find_spec
from pathlib import Path
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


def load_pair(path: str | Path, **options: Any) -> tuple[Any, Any]:
    """Model and processor of a folder or Hub id.

    Args:
        path: see above.
        options: of the model's `from_pretrained`.

    Raises:
        ValueError: it is no LLaMo, a file of it is damaged or missing, or the two do not belong together.
        OSError: there is nothing.
    """
    from transformers import AutoModel, AutoProcessor

    from llamo.damage import named
    from modeling_llamo import LlamoForConditionalGeneration
    from processors import LlamoProcessor

    with named(path):
        processor = AutoProcessor.from_pretrained(path)
        if not isinstance(processor, LlamoProcessor):
            raise ValueError(f"{path} is no LLaMo: its processor is a {type(processor).__name__}")
        model = AutoModel.from_pretrained(path, **options)
        if not isinstance(model, LlamoForConditionalGeneration):
            raise ValueError(f"{path} is no LLaMo: its config.json is of a {type(model).__name__}")
    check_pair(model, processor, path)
    return model, processor


def check_pair(model: Any, processor: Any, place: str | Path):
    """Refuses a processor whose tokens or graphs are not those that the model was trained with.

    A tokenizer of the same size whose words have other ids cannot be told from the right one.

    Raises:
        ValueError: see above; `place` is where both are from.
    """
    config, extractor = model.config, processor.feature_extractor
    meant = type(extractor).of(config)
    pairs = {
        "graph_token_id": (processor.graph_token_id, config.graph_token_id),
        "num_graph_tokens": (processor.num_graph_tokens, config.num_graph_tokens),
        "num_chirality_tags": (extractor.num_chirality_tags, meant.num_chirality_tags),
        "graph_kind": (extractor.graph_kind, meant.graph_kind),
    }
    told = {name: f"{name} is {one} in the processor, {other} in the model" for name, (one, other) in pairs.items()}
    wrong = [told[name] for name, (one, other) in pairs.items() if one != other]
    rows = model.get_input_embeddings().num_embeddings
    if (last := max(processor.tokenizer.get_vocab().values())) >= rows:
        wrong.insert(0, f"the tokenizer has ids up to {last}, the model {rows} embeddings")
    if wrong:
        raise ValueError(
            f"{place}: processor and model do not belong together: {'; '.join(wrong)}; put the processor files and "
            "tokenizer there that were saved with the model"
        )
