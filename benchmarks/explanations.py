"""Whether attention and leaving out agree, and whether atoms with large effects are those that an answer hangs on.

The shipped model answers about named molecules, graph alone in the prompt. Per question: rank correlation of attention
with effects over atoms, and the deletion test: the answer's log-probability without the k atoms of the largest effect,
of the most attention, and of random choice. `python -m benchmarks.explanations` writes results/explanations.json.
"""

import argparse
import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from benchmarks.measuring import RESULTS
from llamo.assistant import DESCRIBE, Assistant
from llamo.compact.shipped import shipped
from llamo.demo.molecules import read_molecules
from llamo.explain import GRAPH_ALONE, Explanation, explain
from llamo.explain.effects import unknown_atom, word_log_probabilities
from llamo.explain.prompt import Prompt, answer_ids
from llamo.explain.steps import finish
from llamo.explain.variants import LeavingOut, leave_out
from llamo.explain.words import split_words
from llamo.quiet import quiet

QUESTIONS = {
    "description": DESCRIBE,
    "rings": "How many rings does it have?",
    "formula": "What is its molecular formula?",
}
LONGEST = 64  # tokens of an answer; longer ones are cut
ATOMS = (1, 2, 4)  # 1 by effect is the largest by construction
RANDOM_CHOICES = 5


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation; NaN where one side does not vary."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(np.asarray(spearmanr(one, other))[0])


def lost(assistant: Assistant, one: Explanation, choices: list[list[int]], how: LeavingOut) -> np.ndarray:
    """Log-probability, in nats, that the answer loses without each choice of atoms."""
    graph = assistant.processor.feature_extractor.featurize(one.molecules[0].mol)
    messages = assistant.processor.conversation([graph], one.question)
    prompt = Prompt.write(assistant.processor, messages, [graph], with_smiles=False)
    ids = answer_ids(assistant.processor, one.answer)
    blank, owners = unknown_atom(prompt), split_words(assistant.processor.tokenizer, ids)[1]
    rows = [[graph], *([leave_out(graph, atoms=atoms, blank=blank, how=how)] for atoms in choices)]
    logs = finish(word_log_probabilities(assistant.model, prompt, rows, ids, owners)).sum(1)
    return logs[0] - logs[1:]


def measure(assistant: Assistant, smiles: str, question: str, how: LeavingOut, rng: random.Random) -> dict[str, float]:
    """Numbers of one molecule and question."""
    asked = (assistant, smiles, question)
    first = explain(*asked, graph_alone=True, left_out=None, attention=False, max_new_tokens=LONGEST)
    one = explain(*asked, graph_alone=True, answer=first.answer, left_out=how)
    molecule = one.molecules[0]
    effects, attention = molecule.values(GRAPH_ALONE), molecule.values("attention")
    row = {
        "attention, effect": agreement(attention, effects),
        "attention, size of effect": agreement(attention, np.abs(effects)),
    }
    if len(molecule.motifs) > 2:
        assert molecule.attention is not None
        of_groups = molecule.attention.word_motifs().mean(0)
        row["groups: attention, effect"] = agreement(of_groups, molecule.effects[GRAPH_ALONE].motifs.sum(1))
    number = len(effects)
    for count in ATOMS:
        chosen = [np.argsort(-values)[:count].tolist() for values in (effects, attention)]
        chosen += [rng.sample(range(number), count) for _ in range(RANDOM_CHOICES)]
        by_effect, by_attention, *by_chance = lost(assistant, one, chosen, how).tolist()
        row |= {f"{count} by effect": by_effect, f"{count} by attention": by_attention}
        row |= {
            f"{count} by chance": float(np.mean(by_chance)),
            f"{count} effect beats chance": by_effect > np.mean(by_chance),
        }
    return row


def summary(rows: list[dict[str, float]]) -> dict[str, Any]:
    """Mean and standard error of each number, over the rows that have it."""
    found: dict[str, Any] = {"answers": len(rows)}
    for name in rows[0] | rows[-1]:
        values = np.array([row[name] for row in rows if np.isfinite(row.get(name, np.nan))], float)
        error = values.std(ddof=1) / len(values) ** 0.5 if len(values) > 1 else float("nan")
        found[name] = {"mean": round(float(values.mean()), 3), "error": round(float(error), 3), "rows": len(values)}
    return found


def main(report: Callable[[str], None] = print):
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--molecules", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    known = [one for one in read_molecules() if 8 <= one.mol.GetNumAtoms() <= 40]
    molecules, assistant, results = rng.sample(known, arguments.molecules), Assistant.load(shipped()), {}
    for how in ("remove", "mask"):
        for name, question in QUESTIONS.items():
            with quiet():
                rows = [measure(assistant, one.smiles, question, how, rng) for one in molecules]
            results[f"{name}, {how}"] = summary(rows)
            report(json.dumps({f"{name}, {how}": results[f"{name}, {how}"]}, indent=1))
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "explanations.json"
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
