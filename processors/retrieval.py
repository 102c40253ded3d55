"""Captions of similar molecules for the prompt: a small index, searched by Morgan fingerprints. Knows no model."""

import gzip
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from transformers.utils.hub import cached_file

from processors.molecule_index import MoleculeIndex

# Characters of a line: a small .gz can hold one that fills the memory.
_LONGEST = 1_000_000
FILE = "retrieval.jsonl.gz"
_HEAD, _TAIL = "Similar molecules:\n", "\n"
# Of a retrieved caption; the longest are ten times as long and would leave no room.
_MOST_WORDS = 70


@dataclass(frozen=True)
class Retrieved:
    """A molecule of the index.

    Attributes:
        smiles: of it.
        caption: what is known of it.
        similarity: Tanimoto similarity to what was asked about, 0 to 1.
    """

    smiles: str
    caption: str
    similarity: float


class CaptionIndex:
    """Molecules with captions.

    Args:
        smiles: of each.
        captions: of each.

    Raises:
        ValueError: nothing to index, lists of different lengths, or a molecule that cannot be read.
    """

    def __init__(self, smiles: Sequence[str], captions: Sequence[str]):
        if len(smiles) != len(captions) or not smiles:
            raise ValueError(f"an index needs as many captions as molecules; got {len(smiles)} and {len(captions)}")
        self.smiles, self.captions = list(smiles), list(captions)

    @cached_property
    def _index(self) -> MoleculeIndex:
        places = [f"molecule {number} of the index" for number in range(len(self.smiles))]
        return MoleculeIndex([[one] for one in self.smiles], places=places)

    def __len__(self) -> int:
        return len(self.smiles)

    def nearest(self, smiles: str, count: int) -> list[Retrieved]:
        """The most similar molecules, the most similar first; of equally similar ones the first.

        Args:
            smiles: what is asked about.
            count: how many.

        Raises:
            ValueError: `count` is below 1, or the molecule cannot be read.
        """
        if count < 1:
            raise ValueError(f"retrieve must be at least 1, got {count}; leave it out for none")
        similarities = self._index.similarities([smiles], place="the molecule")
        places = np.argsort(-similarities, kind="stable")[:count].tolist()
        return [Retrieved(self.smiles[at], self.captions[at], float(similarities[at])) for at in places]

    def save(self, folder: str | Path):
        """Writes the index into a folder."""
        with gzip.GzipFile(Path(folder) / FILE, "wb", mtime=0) as file:
            for smiles, caption in zip(self.smiles, self.captions, strict=True):
                line = json.dumps({"smiles": smiles, "caption": caption}, ensure_ascii=False)
                file.write(f"{line}\n".encode())

    @classmethod
    def from_pretrained(cls, name_or_path: str | Path, **options: Any) -> "CaptionIndex | None":
        """The index of a folder or Hub id; None where there is none.

        Args:
            name_or_path: of a processor.
            options: of `transformers.utils.cached_file`, such as `revision`.
        """
        path = cached_file(
            str(name_or_path),
            FILE,
            _raise_exceptions_for_missing_entries=False,
            _raise_exceptions_for_connection_errors=False,
            **options,
        )
        if path is None:
            return None
        try:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                rows = [json.loads(line) for line in iter(lambda: file.readline(_LONGEST), "")]
            return cls([row["smiles"] for row in rows], [row["caption"] for row in rows])
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is no index of captions: {error}; copy it again, or delete it") from error


def with_retrieved(prompt: str, retrieved: Sequence[Retrieved]) -> str:
    """The prompt behind the captions of similar molecules."""
    if not retrieved:
        return prompt
    lines = [f"[{round(100 * one.similarity)} %] {_cut(one.caption)}\n" for one in retrieved]
    return "".join([_HEAD, *lines, _TAIL, prompt])


def _cut(caption: str) -> str:
    words = caption.split()
    return caption if len(words) <= _MOST_WORDS else f"{' '.join(words[:_MOST_WORDS])} .."
