"""Asking a trained model, and scoring what it says."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from llamo.demo.molecules import NamedMolecule
from llamo.demo.questions import Example
from processors import LlamoProcessor, MoleculeGraph


@dataclass(frozen=True)
class Score:
    """How often answers to one kind of question were right on held-out molecules, as shares of `questions`.

    Attributes:
        kind: key of the question type.
        questions: how many were asked.
        model: the model with the molecule's own graph.
        majority: the most frequent training answer, always.
        shuffled: the model with another held-out molecule's graph.
    """

    kind: str
    questions: int
    model: float
    majority: float
    shuffled: float


@torch.inference_mode()
def answer(
    model,
    processor: LlamoProcessor,
    graphs: Sequence[MoleculeGraph],
    questions: Sequence[str],
    *,
    batch_size: int = 256,
) -> list[str]:
    """Greedy answers, in order."""
    answers = []
    for start in range(0, len(questions), batch_size):
        rows = slice(start, start + batch_size)
        inputs = processor(list(graphs[rows]), list(questions[rows])).to(model.device)
        generated = model.generate(**inputs, max_new_tokens=16, do_sample=False)
        new = generated[:, inputs["input_ids"].shape[1] :]
        answers += [text.strip() for text in processor.batch_decode(new, skip_special_tokens=True)]
    return answers


def exchange(molecules: Sequence[NamedMolecule], *, seed: int = 0) -> dict[str, NamedMolecule]:
    """For each molecule (by SMILES) another one of the list, each used once: a shuffle in which none stays in place."""
    order = list(molecules)
    random.Random(seed).shuffle(order)
    return {molecule.smiles: other for molecule, other in zip(order, order[1:] + order[:1], strict=True)}


def score(
    examples: Sequence[Example], answers: Sequence[str], control: Sequence[str], majority: dict[str, str]
) -> list[Score]:
    """Accuracy per kind of question.

    Args:
        examples: what was asked.
        answers: answers with the molecule's own graph.
        control: answers with another molecule's graph.
        majority: training answer of each kind that a blind model would give.
    """
    scores = []
    for key in dict.fromkeys(example.kind.key for example in examples):
        rows = [row for row, example in enumerate(examples) if example.kind.key == key]
        truths = [examples[row].truth for row in rows]
        scores.append(
            Score(
                kind=key,
                questions=len(rows),
                model=_accuracy([answers[row] for row in rows], truths),
                majority=_accuracy([majority[key]] * len(rows), truths),
                shuffled=_accuracy([control[row] for row in rows], truths),
            )
        )
    return scores


def _accuracy(given: Sequence[str], truths: Sequence[str]) -> float:
    return sum(one == truth for one, truth in zip(given, truths, strict=True)) / len(truths)
