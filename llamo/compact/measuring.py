"""How good a compact model is: descriptions, facts, refusals, confidences. Knows answers and truths, no tensor."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from llamo.assistant import Assistant
from llamo.compact import refusals
from llamo.compact.sources import DESCRIPTION
from llamo.compact.tensors import TensorRows
from llamo.demo.questions import QUESTION_TYPES
from llamo.evaluation.calibration import calibrate
from llamo.metrics.bleu import BleuScorer
from llamo.metrics.scorer import Pairs, bootstrap
from llamo.tasks import get_task
from processors import LlamoProcessor
from processors.example import divide
from processors.molecule import parse


@dataclass(frozen=True)
class Answered:
    """An answer beside the truth.

    Attributes:
        kind: of the question.
        smiles: of the molecule.
        truth: the answer that was wanted.
        text: the answer that came.
    """

    kind: str
    smiles: str
    truth: str
    text: str


def read_answers(path: Path, rows: TensorRows, processor: LlamoProcessor) -> list[Answered]:
    """Answers that `llamo.compact.answers` wrote to the first rows, with the truths that stand there.

    Raises:
        ValueError: the file is of other rows.
    """
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if not lines or len(lines) > len(rows) or [line["row"] for line in lines] != list(range(len(lines))):
        raise ValueError(f"{path} has {len(lines)} answers for {len(rows)} questions; answer them again")
    found = []
    for row, line in enumerate(lines):
        example, (start, end) = rows[row], rows.written[row].tolist()
        texts = (example["input_ids"][start:end], divide(example)["labels"], line["tokens"])
        smiles, truth, text = (processor.decode(ids, skip_special_tokens=True).strip() for ids in texts)
        found.append(Answered(rows.names[rows.kinds[row]], smiles, truth, text))
    return found


def description_scores(answers: Sequence[Answered], *, tokenizer: str, resamples: int = 1000) -> dict[str, Any]:
    """BLEU, METEOR and ROUGE with 95 % intervals, as `llamo evaluate` computes them."""
    pairs = Pairs([one.text for one in answers], [one.truth for one in answers])
    scores: dict[str, Any] = {}
    for scorer in get_task(DESCRIPTION).scorers(tokenizer):
        found = bootstrap(scorer, scorer.measure(pairs), resamples=resamples)
        scores |= {name: score.to_dict() for name, score in found.items()}
    return scores


def fact_scores(answers: Sequence[Answered]) -> dict[str, float]:
    """Share of right answers of each kind, and of all kinds (`mean`)."""
    kinds = dict.fromkeys(one.kind for one in answers)
    shares = {kind: float(np.mean([one.text == one.truth for one in answers if one.kind == kind])) for kind in kinds}
    return {**shares, "mean": float(np.mean(list(shares.values())))}


def formula_by_size(
    answers: Sequence[Answered], edges: Sequence[int] = (0, 15, 25, 40, 1000)
) -> list[dict[str, float]]:
    """Share of right formulas by number of heavy atoms."""
    formulas = [one for one in answers if one.kind == "formula"]
    sizes = np.array([parse(one.smiles).GetNumHeavyAtoms() for one in formulas])
    right = np.array([one.text == one.truth for one in formulas])
    rows = []
    for low, high in pairwise(edges):
        inside = (sizes > low) & (sizes <= high)
        if inside.any():
            share = float(right[inside].mean())
            rows.append({"over": low, "up_to": high, "molecules": int(inside.sum()), "right": share})
    return rows


def failures(answers: Sequence[Answered], *, number: int = 3, under: float = 0.1) -> list[Answered]:
    """The first answers with a BLEU-4 of their own below a bound."""
    scores = BleuScorer(tokenizer="words").measure(
        Pairs([one.text for one in answers], [one.truth for one in answers])
    )["bleu_4"]
    return [one for one, score in zip(answers, scores, strict=True) if score < under][:number]


def confidence_scores(assistant: Assistant, molecules: Sequence[str]) -> dict[str, Any]:
    """How confidences of facts agree with their truth, on every question about some molecules."""
    asked = [(smiles, kind) for smiles in molecules for kind in QUESTION_TYPES]
    replies = assistant.ask(
        [smiles for smiles, _ in asked], [kind.phrasings[0] for _, kind in asked], max_new_tokens=40, batch_size=64
    )
    right = [
        float(reply.text == kind.answer(parse(smiles))) for reply, (smiles, kind) in zip(replies, asked, strict=True)
    ]
    found = calibrate([min(1.0, reply.confidence) for reply in replies], right)
    bins = [{"confidence": one.confidence, "right": one.quality, "rows": one.rows} for one in found.bins]
    error, area = found.expected_calibration_error, found.auroc
    return {"rows": len(asked), "right": float(np.mean(right)), "ece": error, "auroc": area, "bins": bins}


def refusal_scores(assistant: Assistant, molecules: Sequence[str]) -> dict[str, float]:
    """Share of unanswerable questions that are refused, in wordings that were not trained, and of others that are."""

    def refused(smiles: Sequence[str | None], questions: Sequence[str]) -> float:
        replies = assistant.ask(smiles, questions, max_new_tokens=60, batch_size=64)
        return float(np.mean([reply.text == refusals.ANSWER for reply in replies]))

    unknown = refusals.questions(held_out=True)
    pairs = [(smiles, question) for smiles in molecules for question in unknown]
    known = [(smiles, kind.phrasings[1]) for smiles in molecules for kind in QUESTION_TYPES]
    other = refusals.other_questions(held_out=True)
    return {
        "about_molecules": refused(*_columns(pairs)),
        "about_other_things": refused([None] * len(other), other),
        "answerable": refused(*_columns(known)),
    }


def _columns(pairs: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [one for one, _ in pairs], [one for _, one in pairs]


def training_curve(metrics: Path) -> list[Mapping[str, Any]]:
    """Lines of a run's `metrics.jsonl`."""
    return [json.loads(line) for line in metrics.read_text(encoding="utf-8").splitlines()]
