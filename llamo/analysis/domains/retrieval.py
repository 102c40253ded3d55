"""Captions of similar molecules, of the same and of other kinds: copied, and read by the compact model.

Training captions are those of the compact model's index; the molecules asked about are ChEBI-20's test molecules, of
which it learned nothing. Knows the compact model, trains none.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from llamo.analysis.domains.kinds import kind_of, spellings
from llamo.analysis.domains.material import prepared_rows
from llamo.analysis.laboratory.measuring import score_rows
from llamo.assistant import DESCRIBE, Assistant
from llamo.compact.prepare import encode_rows
from llamo.compact.rows import Row
from llamo.compact.views import seen
from llamo.metrics.bleu import BleuScorer
from llamo.metrics.scorer import Pairs, score
from processors import LlamoDataCollator
from processors.retrieval import CaptionIndex, with_retrieved

# Kinds with a thousand captions to copy from; the same number is taken of each.
SOURCES: tuple[str, ...] = ("small", "natural", "synthetic")
NOTHING = "no caption"


@dataclass(frozen=True)
class Captioned:
    """A molecule with its true caption."""

    smiles: str
    caption: str


def captions(prepared: Path, *, most: int, asked: int) -> tuple[dict[str, CaptionIndex], dict[str, list[Captioned]]]:
    """An index of captions for each of `SOURCES`, and test molecules of the same kinds.

    Args:
        prepared: the compact model's prepared folder.
        most: captions of an index.
        asked: test molecules of a kind.

    Raises:
        ValueError: `prepared` is no such folder, or it has no captions.
    """
    rows, processor = prepared_rows(prepared, "test-0")
    index = processor.captions
    if index is None:
        raise ValueError(f"{prepared} holds no captions to retrieve; prepare it anew")
    learned: dict[str, list[Captioned]] = defaultdict(list)
    for smiles, caption in zip(index.smiles, index.captions, strict=True):
        _add(learned, Captioned(smiles, caption), most)
    tests: dict[str, list[Captioned]] = defaultdict(list)
    for row, smiles in enumerate(spellings(rows, range(len(rows)), processor.tokenizer)):
        if all(len(tests[name]) >= asked for name in SOURCES):
            break
        ids = rows.ids[row][rows.answered[row].astype(bool)]
        _add(tests, Captioned(smiles, processor.tokenizer.decode(ids, skip_special_tokens=True).strip()), asked)
    indices = {
        name: CaptionIndex([one.smiles for one in learned[name]], [one.caption for one in learned[name]])
        for name in SOURCES
    }
    return indices, {name: tests[name] for name in SOURCES}


def _add(found: dict[str, list[Captioned]], one: Captioned, most: int):
    """Adds to its kind, if that is wanted and not full."""
    if all(len(found[name]) >= most for name in SOURCES):
        return
    kind = kind_of(one.smiles)
    if kind in SOURCES and len(found[kind]) < most:
        found[kind].append(one)


def copied(indices: Mapping[str, CaptionIndex], tests: Mapping[str, Sequence[Captioned]]) -> dict[str, dict[str, Any]]:
    """BLEU-4 of the nearest caption of each source, and how similar its molecule is, by source and kind asked."""
    found: dict[str, dict[str, Any]] = {}
    for source, index in indices.items():
        found[source] = {}
        for kind, some in tests.items():
            nearest = [index.nearest(one.smiles, 1)[0] for one in some]
            pairs = Pairs([one.caption for one in nearest], [one.caption for one in some])
            bleu = score(BleuScorer(tokenizer="words"), pairs, resamples=200)["bleu_4"]
            found[source][kind] = {
                "bleu_4": [bleu.value, bleu.low, bleu.high],
                "similarity": float(np.mean([one.similarity for one in nearest])),
            }
    return found


def read(
    assistant: Assistant,
    indices: Mapping[str, CaptionIndex],
    tests: Mapping[str, Sequence[Captioned]],
    *,
    view: str,
    molecules: int,
) -> dict[str, dict[str, list[float]]]:
    """Loss of each true caption in nats per token, by source of the retrieved one (or `NOTHING`) and kind asked.

    Args:
        assistant: a model that reads captions.
        indices: to retrieve from.
        tests: to be described.
        view: "both", or "smiles" for no graph.
        molecules: of each kind.
    """
    processor = assistant.processor
    found: dict[str, dict[str, list[float]]] = {}
    for source, index in {NOTHING: None, **indices}.items():
        found[source] = {}
        for kind, some in tests.items():
            rows = [_row(one, index) for one in some[:molecules]]
            encoded = encode_rows(rows, processor, None)
            examples = [
                seen(encoded, row, view, graph_token_id=processor.graph_token_id) for row in range(len(encoded))
            ]
            scores = score_rows(assistant.model, LlamoDataCollator(processor), examples)
            found[source][kind] = (scores.loss / scores.tokens).tolist()
    return found


def _row(one: Captioned, index: CaptionIndex | None) -> Row:
    prompt = with_retrieved(DESCRIBE, index.nearest(one.smiles, 1) if index else [])
    return Row("description", one.smiles, one.smiles, ((prompt, one.caption),))
