"""What is wrong with a model folder that cannot be loaded, in one line. Knows files; it loads no model.

It looks only after something failed, so that a whole folder costs nothing.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from llamo.out_of_memory import is_out_of_memory

NEEDED = ("config.json", "processor_config.json", "tokenizer_config.json")
_WORDS = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt")
_ADAPTER = "adapter_config.json"
_AGAIN = "copy or download the folder again"


@contextmanager
def named(path: str | Path, *, needed: Sequence[str] = NEEDED) -> Iterator[None]:
    """Whatever a damaged folder makes transformers raise becomes one ValueError that names file and remedy.

    A ValueError or OSError that names the folder passes where nothing is found wrong in it; so do the errors of a
    machine without memory or packages. `needed` are files that must be there.
    """
    try:
        yield
    except (MemoryError, ImportError):
        raise
    except Exception as error:
        found, told = damage(path, needed), " ".join(str(error).split()) or type(error).__name__
        is_clear = isinstance(error, ValueError | OSError) and str(path) in told
        if found is None and (is_clear or is_out_of_memory(error)):
            raise
        raise ValueError(found or f"{path} cannot be loaded: {told}; {_AGAIN}") from error


def damage(path: str | Path, needed: Sequence[str] = NEEDED) -> str | None:
    """The first thing that is wrong with a folder's files; None where none is, or it is no folder."""
    folder = Path(path)
    if not folder.is_dir():
        return None
    is_adapter = (folder / _ADAPTER).exists() and not (folder / "config.json").exists()
    for name in [_ADAPTER] if is_adapter else needed:
        if not (folder / name).exists():
            return f"{folder} lacks {name}; {_AGAIN}, or save model and processor there with save_pretrained"
    if needed and not is_adapter and not any((folder / name).exists() for name in _WORDS):
        return f"{folder} lacks its tokenizer, such as {_WORDS[0]}; {_AGAIN}"
    for file in sorted(folder.iterdir()):
        try:
            reason = _reason(file)
        except OSError as error:
            reason = error.strerror or str(error)
        if reason is not None:
            return f"{file} {reason}; {_AGAIN}"
    return _damaged_base(folder) if is_adapter else None


def _reason(file: Path) -> str | None:
    if file.suffix not in (".json", ".jinja", ".safetensors"):
        return None
    if not file.is_file():
        return "is no file"
    if file.suffix == ".json":
        return _wrong_json(file)
    if file.suffix == ".safetensors":
        from modeling_llamo.safe_weights import wrong_weights

        return wrong_weights(file)
    return None


def _wrong_json(file: Path) -> str | None:
    from modeling_llamo.safe_weights import read_settings

    try:
        read = read_settings(file)
    except ValueError as error:
        return str(error)
    if not isinstance(read, dict):
        return f"holds no object: its JSON is a {type(read).__name__}"
    if file.name.endswith(".index.json") and isinstance(read.get("weight_map"), dict):
        missing = sorted({str(name) for name in read["weight_map"].values() if not (file.parent / str(name)).is_file()})
        return f"names {missing[0]}, which is not there" if missing else None
    return None


def _damaged_base(folder: Path) -> str | None:
    base = json.loads((folder / _ADAPTER).read_text(encoding="utf-8")).get("base_model_name_or_path")
    if base and Path(base).is_absolute() and not Path(base).is_dir():
        return (
            f"{folder} is an adapter of {base}, which is not there; put the model back, or name its folder in "
            f"{folder / _ADAPTER} (base_model_name_or_path)"
        )
    return None if not base or Path(base).resolve() == folder.resolve() else damage(base)
