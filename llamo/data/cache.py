"""Maps that run once: results lie in files named by everything they depend on."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasets import config

import processors

if TYPE_CHECKING:
    from datasets import Dataset, Features

    from processors import LlamoProcessor

# State of a tokenizer file that calls change and that every call of ours sets anew.
_PASSING = ("truncation", "padding")
_CODE_FOLDERS = (Path(processors.__file__).parent, Path(__file__).parent)
_LIBRARIES = ("rdkit", "tokenizers", "transformers")


def key_of(*parts: Any) -> str:
    """A hash of settings that is the same in every process."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def processor_key(processor: "LlamoProcessor") -> str:
    """A hash of what the processor would save: two with the same key encode alike."""
    with tempfile.TemporaryDirectory() as folder:
        processor.save_pretrained(folder)
        files = {str(path.relative_to(folder)): path for path in Path(folder).rglob("*") if path.is_file()}
        return key_of({name: _saved_content(path) for name, path in files.items()})


def _saved_content(path: Path) -> str:
    data = path.read_bytes()
    if path.name == "tokenizer.json":
        settings = json.loads(data)
        return key_of({name: value for name, value in settings.items() if name not in _PASSING})
    return hashlib.sha256(data).hexdigest()


@cache
def code_key() -> str:
    """A hash of the code and libraries that make features and text, so that an update encodes anew."""
    files = [path for folder in _CODE_FOLDERS for path in sorted(folder.glob("*")) if path.suffix in (".py", ".jinja")]
    return key_of(
        [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files],
        [(name, version(name)) for name in _LIBRARIES],
    )


def map_once(
    dataset: "Dataset",
    function: Callable[[dict[str, list]], dict[str, list]],
    *,
    key: str,
    features: "Features",
    desc: str,
    num_proc: int | None = None,
    batch_size: int = 100,
    cache_dir: str | Path | None = None,
    overwrite_cache: bool = False,
) -> "Dataset":
    """A dataset of what `function` makes of batches, read from its file where that exists.

    Args:
        dataset: rows.
        function: batch of columns -> batch of columns, importable.
        key: hash of everything `function` depends on.
        features: types of its columns, which replace all others.
        desc: for the progress bar.
        num_proc: processes.
        batch_size: rows at a time.
        cache_dir: folder of the files, default the cache of `datasets`.
        overwrite_cache: compute anew.
    """
    name = key_of(dataset._fingerprint, key, code_key())[:40]
    folder = Path(cache_dir or Path(config.HF_DATASETS_CACHE) / "llamo")
    folder.mkdir(parents=True, exist_ok=True)
    return dataset.map(
        function,
        batched=True,
        batch_size=batch_size,
        remove_columns=dataset.column_names,
        features=features,
        num_proc=None if num_proc is None else max(1, min(num_proc, len(dataset))),
        load_from_cache_file=not overwrite_cache,
        cache_file_name=str(folder / f"{name}.arrow"),
        new_fingerprint=name,
        desc=desc,
    )
