"""Yes or no: questions about molecules, alone, after a description or after solved examples. Knows prompts and models.

What is measured is the first token of the answer, so that "yes" and "Yes, it does." count alike.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from rdkit import Chem

from llamo.analysis.tuning.material import DESCRIBE, Talk
from llamo.demo.questions import QUESTION_TYPES, QuestionType
from processors import LlamoDataCollator, LlamoProcessor
from processors.molecule import muted_rdkit

_START = "Does it contain "
GROUPS: tuple[QuestionType, ...] = tuple(
    kind for kind in QUESTION_TYPES if kind.key in ("halogen", "hydroxyl group", "carbonyl group", "amine")
)
_BATCH = 32


@dataclass(frozen=True)
class Asked:
    """A question with yes or no for an answer.

    Attributes:
        messages: the conversation, with the true answer as its last message.
        truth: whether it is yes.
    """

    messages: list[dict[str, Any]]
    truth: bool


@dataclass(frozen=True)
class Answers:
    """How questions were answered.

    Attributes:
        right: (questions,) whether yes or no, whichever is the likelier, is true.
        said: (questions,) probability that the answer begins with yes or no at all.
    """

    right: np.ndarray
    said: np.ndarray


def trained(kind: QuestionType) -> str:
    """The wording that the plain questions teach; conversations have it among others."""
    return kind.phrasings[0]


def other(kind: QuestionType) -> str:
    """A wording that nothing teaches."""
    return f"Tell me if it has got {kind.phrasings[0].removeprefix(_START)}"


def questions(
    talks: Sequence[Talk],
    *,
    wording: Any = trained,
    described: bool = False,
    examples: int = 0,
    solved: Sequence[Talk] = (),
    seed: int = 0,
) -> list[Asked]:
    """Every group asked about every molecule.

    Args:
        talks: molecules.
        wording: of the question, see `trained` and `other`.
        described: the molecule is described in a turn before.
        examples: solved examples in front of the question, about molecules of `solved`, half of them yes.
        solved: see there.
        seed: of the choice of examples.
    """
    generator, found = random.Random(seed), []
    with muted_rdkit():
        for one in talks:
            mol = Chem.MolFromSmiles(one.smiles)
            for kind in GROUPS:
                messages = []
                for shown in _solved(solved, kind, examples, generator) if examples else []:
                    messages += _turn(wording(kind), _truth(shown, kind), shown)
                if described:
                    messages += _turn(DESCRIBE, one.description, one)
                messages += _turn(wording(kind), kind.answer(mol), None if described else one)
                found.append(Asked(messages, kind.answer(mol) == "yes"))
    return found


@torch.inference_mode()
def ask(model: Any, processor: LlamoProcessor, asked: Sequence[Asked]) -> Answers:
    """Answers of a model, read from the probabilities of the first token."""
    collate = LlamoDataCollator(processor, for_generation=True)
    yes, no = (first_tokens(processor, words) for words in (("yes", "Yes"), ("no", "No")))
    right, said = [], []
    for start in range(0, len(asked), _BATCH):
        some = asked[start : start + _BATCH]
        inputs: Mapping[str, Any] = collate([processor.encode_question(one.messages) for one in some])
        inputs = {name: value.to(model.device) for name, value in inputs.items() if name != "labels"}
        chances = model(**inputs, logits_to_keep=1).logits[:, -1].float().softmax(-1)
        positive, negative = (chances[:, ids].sum(-1).cpu().numpy() for ids in (yes, no))
        right.append((positive > negative) == np.array([one.truth for one in some]))
        said.append(positive + negative)
    return Answers(np.concatenate(right), np.concatenate(said))


def first_tokens(processor: LlamoProcessor, words: Sequence[str]) -> list[int]:
    """The first token of each word, as an answer begins."""
    return sorted({processor.tokenizer(word, add_special_tokens=False)["input_ids"][0] for word in words})


def _truth(one: Talk, kind: QuestionType) -> str:
    return kind.answer(Chem.MolFromSmiles(one.smiles))


def _solved(talks: Sequence[Talk], kind: QuestionType, count: int, generator: random.Random) -> list[Talk]:
    """Examples, half of them yes, in any order."""
    groups: dict[str, list[Talk]] = {"yes": [], "no": []}
    order = generator.sample(list(talks), len(talks))
    for one in order:
        same = groups[_truth(one, kind)]
        if len(same) < count // 2:
            same.append(one)
        if all(len(group) == count // 2 for group in groups.values()):
            break
    found = groups["yes"] + groups["no"]
    return generator.sample(found, len(found))


def _turn(question: str, answer: str, molecule: Talk | None) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = [{"type": "text", "text": question}]
    if molecule is not None:
        content.insert(0, {"type": "molecule", "smiles": molecule.smiles})
    return [{"role": "user", "content": content}, {"role": "assistant", "content": answer}]
