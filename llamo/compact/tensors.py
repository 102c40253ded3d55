"""Training rows as flat tensors in safetensors files: all that the training loop reads. Knows torch, no chemistry.

Molecules are kept once however many rows ask about them, in the narrowest integers that hold their features.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from processors.example import IGNORED_LABEL

# Bytes of one file, so that files can be carried and kept where large ones cannot.
FILE_BYTES = 15 * 2**20
_GRAPH_ARRAYS = {
    "node_ids": np.uint8,
    "edge_index": np.int16,
    "edge_ids": np.uint8,
    "motif_features": np.uint8,
}
_COUNTS = ("node_counts", "edge_counts", "motif_counts")


@dataclass
class Ragged:
    """Arrays of different lengths, one behind the other.

    Attributes:
        values: (total, ..) all of them.
        starts: (number + 1,) where each begins.
    """

    values: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, parts: Sequence[np.ndarray], dtype: Any, width: int | None = None) -> "Ragged":
        """Parts put together; `width` is that of a row of parts with two dimensions."""
        shape = (0,) if width is None else (0, width)
        values = np.concatenate([np.empty(shape, dtype), *(np.asarray(part, dtype) for part in parts)])
        return cls(values, np.cumsum([0, *(len(part) for part in parts)]))

    def __getitem__(self, place: int) -> np.ndarray:
        return self.values[self.starts[place] : self.starts[place + 1]]

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass
class TensorRows(Sequence[dict[str, Any]]):
    """Rows to train on, as examples of the collators.

    Attributes:
        ids: tokens of each row.
        answered: which of them are learned.
        molecules: numbers of the molecules each row is about, in order.
        written: (rows, 2) where the SMILES of a row begins and ends in its tokens; equal where there is none.
        kinds: number of the kind of each row.
        names: of the kinds.
        graphs: arrays of the molecules by name.
    """

    ids: Ragged
    answered: Ragged
    molecules: Ragged
    written: np.ndarray
    kinds: np.ndarray
    names: list[str]
    graphs: dict[str, Ragged]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each row."""
        return np.diff(self.ids.starts)

    def __getitem__(self, row: int) -> dict[str, Any]:
        """Ids, mask, labels and graph arrays of a row; without graph arrays where it is about no molecule."""
        ids = self.ids[row].astype(np.int64)
        labels = np.where(self.answered[row].astype(bool), ids, IGNORED_LABEL)
        example = {"input_ids": ids, "attention_mask": np.ones_like(ids), "labels": labels}
        molecules = self.molecules[row].tolist()
        if not molecules:
            return example
        for name, arrays in self.graphs.items():
            parts = [arrays[molecule] for molecule in molecules]
            example[f"graph_{name}"] = np.concatenate(parts)
            if name != "edge_ids":  # as many as there are in edge_index
                counts = f"graph_{name.split('_')[0]}_counts"
                example[counts] = np.array([len(part) for part in parts])
        return example


def from_examples(
    examples: Sequence[Mapping[str, Any]],
    kinds: Sequence[str],
    keys: Sequence[Sequence[str]],
    written: Sequence[tuple[int, int]] | None = None,
    *,
    arrays: Mapping[str, Any] = _GRAPH_ARRAYS,
) -> TensorRows:
    """Rows of encoded conversations.

    Args:
        examples: as `LlamoProcessor.encode_conversation` gives them.
        kinds: of each.
        keys: names of the molecules of each; molecules of one name are kept once.
        written: where each writes its SMILES; default nowhere.
        arrays: names and types of a graph's arrays; other than the default's cannot be saved.
    """
    names = sorted(set(kinds))
    places: dict[str, int] = {}
    parts: dict[str, list[np.ndarray]] = {name: [] for name in arrays}
    for example, row_keys in zip(examples, keys, strict=True):
        for number, key in enumerate(row_keys):
            if key not in places:
                places[key] = len(places)
                for name, array in _graph_arrays(example, number, arrays).items():
                    parts[name].append(array)
    answers = [np.asarray(example["labels"]) != IGNORED_LABEL for example in examples]
    return TensorRows(
        ids=Ragged.of([np.asarray(example["input_ids"]) for example in examples], np.uint16),
        answered=Ragged.of(answers, np.uint8),
        molecules=Ragged.of([np.array([places[key] for key in row_keys]) for row_keys in keys], np.int32),
        written=np.array([(0, 0)] * len(examples) if written is None else written, np.int16).reshape(-1, 2),
        kinds=np.array([names.index(kind) for kind in kinds], np.uint8),
        names=names,
        graphs={name: Ragged.of(parts[name], dtype, parts[name][0].shape[1]) for name, dtype in arrays.items()},
    )


def _graph_arrays(example: Mapping[str, Any], number: int, names: Iterable[str]) -> dict[str, np.ndarray]:
    """The arrays of one molecule of an example."""
    arrays = {}
    for name in names:
        counts = np.asarray(example[f"graph_{name.split('_')[0]}_counts"])
        start = int(counts[:number].sum())
        arrays[name] = np.asarray(example[f"graph_{name}"])[start : start + int(counts[number])]
    return arrays


def save(rows: TensorRows, folder: Path):
    """Writes files of at most `FILE_BYTES`; a larger array is cut into pieces."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces = [piece for name, array in _flat(rows).items() for piece in _pieces(name, array)]
    files, size = [{}], 0
    for name, array in pieces:
        if size + array.nbytes > FILE_BYTES and files[-1]:
            files.append({})
            size = 0
        files[-1][name] = np.ascontiguousarray(array)
        size += array.nbytes
    for number, content in enumerate(files):
        save_file(content, folder / f"rows-{number:03}.safetensors", metadata={"kinds": "\n".join(rows.names)})


def load(folder: Path) -> TensorRows:
    """Reads what `save` wrote.

    Raises:
        ValueError: there is nothing.
    """
    from safetensors import safe_open

    paths = sorted(folder.glob("rows-*.safetensors"))
    if not paths:
        raise ValueError(f"{folder} holds no rows-*.safetensors; prepare the data first")
    found: dict[str, list[tuple[int, np.ndarray]]] = {}
    for path in paths:
        for key, array in load_file(path).items():
            name, _, number = key.rpartition("/")
            found.setdefault(name, []).append((int(number), array))
    arrays = {name: np.concatenate([array for _, array in sorted(got, key=_number)]) for name, got in found.items()}
    with safe_open(paths[0], "np") as file:
        names = file.metadata()["kinds"].split("\n")

    def ragged(name: str) -> Ragged:
        return Ragged(arrays[f"{name}/values"], arrays[f"{name}/starts"])

    graphs = {name: ragged(f"graphs/{name}") for name in _GRAPH_ARRAYS}
    return TensorRows(
        ragged("ids"), ragged("answered"), ragged("molecules"), arrays["written"], arrays["kinds"], names, graphs
    )


def _pieces(name: str, array: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """An array cut into numbered pieces that fit into a file."""
    step = max(1, FILE_BYTES // max(1, array[:1].nbytes))
    starts = range(0, max(1, len(array)), step)
    return [(f"{name}/{number}", array[start : start + step]) for number, start in enumerate(starts)]


def _number(piece: tuple[int, np.ndarray]) -> int:
    return piece[0]


def _flat(rows: TensorRows) -> dict[str, np.ndarray]:
    arrays = {"ids": rows.ids, "answered": rows.answered, "molecules": rows.molecules}
    arrays |= {f"graphs/{name}": ragged for name, ragged in rows.graphs.items()}
    flat = {f"{name}/values": ragged.values for name, ragged in arrays.items()}
    flat |= {f"{name}/starts": ragged.starts for name, ragged in arrays.items()}
    return flat | {"kinds": rows.kinds, "written": rows.written}
