"""Named tokenizers: BLEU, METEOR and ROUGE count tokens, so their scores compare only where the tokenizer is the same.

Knows no metric. The names are `words`, `characters`, `scibert[:PATH]`, `t5[:PATH]`, and models' folders and Hub ids.
"""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from transformers.utils import logging

from llamo.metrics.scorer import Columns, Pairs
from llamo.text_lines import text_lines

logger = logging.get_logger(__name__)

# Sub-word tokens of a text that count; what MolT5's evaluation and those that follow it take.
TOKEN_LIMIT = 512
SCIBERT = "allenai/scibert_scivocab_uncased"
SCIBERT_TITLE = "SciBERT word pieces (scivocab uncased)"
SCIBERT_SIZE = 31_090
T5 = "google-t5/t5-small"
# Names of a vocabulary in a folder.
VOCABULARIES = ("scibert_uncased_vocab.txt.gz", "vocab.txt", "vocab.txt.gz")

NAMES = "give words, characters, scibert, scibert:PATH, t5, t5:PATH, or a model's folder or Hub id"
WAYS_OUT = {
    "scibert": "give scibert:PATH or set LLAMO_SCIBERT_VOCAB (vocab.txt, vocab.txt.gz or their folder), put "
    f"{VOCABULARIES[0]} or vocab.txt in the folder LLAMO_DATA, or go online once to load it from the Hub",
    "t5": "give t5:PATH, the folder of a T5 tokenizer, or go online once to load it from the Hub",
}


@dataclass(frozen=True)
class TokenPairs:
    """Tokens of answers beside those of the truth, row by row.

    Attributes:
        predictions: tokens of each answer.
        references: tokens of each truth.
        columns: `truncated`, 1.0 where a text of the row had more tokens than count; empty where there is no limit.
    """

    predictions: list[list[str]]
    references: list[list[str]]
    columns: Columns


@dataclass(frozen=True)
class Tokenizer:
    """Cuts texts into tokens.

    Attributes:
        title: to be printed with every score.
        split: texts -> all tokens of each.
        limit: tokens of a text that count, from its start; None for all.
        dropped: tokens that do not count, such as `[PAD]`.
    """

    title: str
    split: Callable[[Sequence[str]], list[list[str]]]
    limit: int | None = None
    dropped: frozenset[str] = frozenset()

    def tokenize(self, pairs: Pairs) -> TokenPairs:
        """Tokens that count; texts that are cut are logged and marked."""
        predictions, references = self.split(pairs.predictions), self.split(pairs.references)
        columns = {} if self.limit is None else {"truncated": self._truncated(predictions, references, self.limit)}
        return TokenPairs([*map(self._count, predictions)], [*map(self._count, references)], columns)

    def _count(self, tokens: list[str]) -> list[str]:
        return [token for token in tokens[: self.limit] if token not in self.dropped]

    def _truncated(self, predictions: list[list[str]], references: list[list[str]], limit: int) -> np.ndarray:
        longest = [max(len(one), len(other)) for one, other in zip(predictions, references, strict=True)]
        truncated = np.array(longest) > limit
        if rows := np.flatnonzero(truncated).tolist():
            logger.warning(
                f"{len(rows)} rows have a text of more than {limit} tokens, of which the first {limit} are scored "
                f"({self.title}); the first such row: {rows[0]}"
            )
        return truncated.astype(float)


def find_tokenizer(name: str) -> Tokenizer:
    """The tokenizer of that name; ValueError where it cannot be had."""
    if name == "words":
        return Tokenizer("words (lower-cased runs of a-z and 0-9, as in rouge_score)", _words)
    if name == "characters":
        return Tokenizer("characters", lambda texts: [list(text) for text in texts])
    kind, _, place = name.partition(":")
    if kind == "scibert":
        return _find_scibert(place)
    if kind == "t5":
        title = f"sentence pieces of {place}" if place else "t5-small sentence pieces"
        return _sub_words(_load(place or T5, "t5"), title)
    return _sub_words(_load(name, name), f"tokens of {name}")


def _words(texts: Sequence[str]) -> list[list[str]]:
    return [re.findall("[a-z0-9]+", text.lower()) for text in texts]


def _find_scibert(place: str) -> Tokenizer:
    from transformers import BertTokenizer

    place = place or os.environ.get("LLAMO_SCIBERT_VOCAB") or _scibert_in_data_folder() or _scibert_of_hub()
    vocabulary = _read_vocabulary(Path(place))
    is_scibert = len(vocabulary) == SCIBERT_SIZE
    title = SCIBERT_TITLE if is_scibert else f"word pieces of {place} ({len(vocabulary):,} entries)"
    # As in BERT: lower-cased, accents stripped, words of more than 100 characters unknown.
    return _sub_words(BertTokenizer(vocab=vocabulary, do_lower_case=True), title)


def _scibert_in_data_folder() -> str:
    folder = os.environ.get("LLAMO_DATA")
    return str(vocabulary_in(Path(folder)) or "") if folder else ""


def _scibert_of_hub() -> str:
    from huggingface_hub import hf_hub_download

    try:
        return hf_hub_download(SCIBERT, "vocab.txt")
    except (OSError, ValueError) as error:
        raise _not_loaded("scibert", SCIBERT) from error


def vocabulary_in(folder: Path) -> Path | None:
    """The file of SciBERT's word pieces in a folder, if it is there."""
    return next((folder / name for name in VOCABULARIES if (folder / name).is_file()), None)


def _read_vocabulary(place: Path) -> dict[str, int]:
    """Token -> number, from a file of one token per line, or a folder with such a file."""
    path = vocabulary_in(place) if place.is_dir() else place
    if path is None or not path.is_file():
        raise ValueError(f"tokenizer scibert: no vocabulary at {place}; give vocab.txt, vocab.txt.gz or their folder")
    vocabulary = {line.rstrip("\r\n"): number for number, line in enumerate(text_lines(path))}
    if "[UNK]" not in vocabulary:
        raise ValueError(f"tokenizer scibert: {path} has no [UNK]; give a WordPiece vocabulary, one token per line")
    return vocabulary


def _load(place: str, name: str) -> Any:
    """The tokenizer of a folder or Hub id."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(place)
    except (OSError, ValueError) as error:
        raise _not_loaded(name, place) from error


def _not_loaded(name: str, place: str) -> ValueError:
    return ValueError(f"tokenizer {name}: {place!r} cannot be loaded; {WAYS_OUT.get(name, NAMES)}")


def _sub_words(model: Any, title: str) -> Tokenizer:
    # A model may pad with its token for what it does not know, which counts.
    dropped = {model.pad_token, model.cls_token, model.sep_token} - {None, model.unk_token}
    return Tokenizer(title, partial(_pieces, model), TOKEN_LIMIT, frozenset(dropped))


def _pieces(model: Any, texts: Sequence[str]) -> list[list[str]]:
    if not model.is_fast:
        return [model.tokenize(text) for text in texts]
    encoded = model(list(texts), add_special_tokens=False, verbose=False)
    return [encoding.tokens for encoding in encoded.encodings]
