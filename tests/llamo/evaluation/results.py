"""Made-up results of each kind of answer, as an evaluation would give them."""

from dataclasses import replace

import numpy as np

from llamo.evaluation.answer import Answer
from llamo.evaluation.result import Result
from llamo.metrics.scorer import Score

MOLECULES = (
    "CCO",
    "c1ccccc1O",
    "CC(=O)Oc1ccccc1C(=O)O",
    "C[C@H](N)C(=O)O",
    "CCCCCCCC",
    "[Na+].[Cl-]",
    "N#Cc1ccccc1",
    "CCS",
)


def text_result(rows: int = 40, *, prediction: str = "A molecule with an OH group.", **changes) -> Result:
    """Descriptions, with log-probabilities and agreement."""
    random = np.random.default_rng(0)
    answers = [
        Answer(
            MOLECULES[row % len(MOLECULES)],
            prediction,
            f"The molecule is number {row}.",
            row=row,
            prompt="Describe the molecule.",
            log_probability=-10.0 * random.random(),
            num_tokens=10,
            agreement=float(random.integers(1, 6)) / 5,
        )
        for row in range(rows)
    ]
    meteor = random.random(rows)
    return _result(
        "description-chebi20",
        "text",
        answers,
        {"bleu_counts": np.ones((rows, 10)), "bleu_2": random.random(rows), "meteor": meteor},
        {"bleu_2": Score(0.61, 0.60, 0.62), "bleu_4": Score(0.53), "meteor": Score(float(meteor.mean()), 0.4, 0.6)},
        settings={"tokenizer": "SciBERT word pieces (scivocab uncased)", "wordnet": "3.0"},
        ranking="meteor",
        changes=changes,
    )


def smiles_result(rows: int = 24, **changes) -> Result:
    """Forward reactions: a third are right, a third invalid, and the question is two molecules."""
    given = [(MOLECULES[row % len(MOLECULES)], "CCN", "C1CC")[row % 3] for row in range(rows)]
    answers = [
        Answer("CCO>>CC(=O)O", text, MOLECULES[row % len(MOLECULES)], row=row, prompt=f"What comes of {row}?")
        for row, text in enumerate(given)
    ]
    morgan = np.array([(1.0, 0.25, np.nan)[row % 3] for row in range(rows)])
    valid = np.array([float(row % 3 < 2) for row in range(rows)])
    exact = np.nan_to_num(morgan == 1).astype(float)
    return _result(
        "forward-reaction",
        "smiles",
        answers,
        {"morgan": morgan, "exact": exact, "valid": valid},
        {"exact": Score(1 / 3, 0.2, 0.4), "validity": Score(2 / 3), "levenshtein": Score(3.5, 3.0, 4.0)},
        lower_is_better=frozenset({"levenshtein"}),
        ranking="morgan",
        correct=exact.tolist(),
        changes=changes,
    )


def number_result(rows: int = 60, **changes) -> Result:
    """Energies in two groups; every twelfth answer holds no number."""
    random = np.random.default_rng(1)
    true = random.normal(-0.2, 0.05, rows)
    error = random.normal(0, 0.01, rows)
    answers = [
        Answer(
            MOLECULES[row % len(MOLECULES)],
            "I cannot say." if row % 12 == 11 else f"{true[row] + error[row]:.4f}",
            f"{true[row]:.4f}",
            group=("homo", "lumo")[row % 2],
            log_probability=-abs(error[row]) * 50,
            num_tokens=5,
        )
        for row in range(rows)
    ]
    errors = np.array([np.nan if row % 12 == 11 else abs(error[row]) for row in range(rows)])
    groups = {f"group[{name}]": np.array([float(one.group == name) for one in answers]) for name in ("homo", "lumo")}
    return _result(
        "qm9",
        "number",
        answers,
        {"absolute_error": errors, **groups},
        {
            "mae": Score(0.0081, 0.007, 0.009),
            "mae[homo]": Score(0.0079),
            "mae[lumo]": Score(0.0083),
            "unparsable": Score(5.0),
        },
        lower_is_better=frozenset({"mae", "absolute_error", "unparsable"}),
        ranking="absolute_error",
        changes=changes,
    )


def yes_no_result(rows: int = 50, **changes) -> Result:
    """Classification with a probability of yes."""
    random = np.random.default_rng(2)
    truth = random.random(rows) < 0.4
    scores = np.clip(0.3 + 0.4 * truth + random.normal(0, 0.2, rows), 0, 1)
    answers = [
        Answer(MOLECULES[row % 8], "Yes" if score > 0.5 else "No", "Yes" if yes else "No", score=float(score))
        for row, (score, yes) in enumerate(zip(scores, truth, strict=True))
    ]
    correct = ((scores > 0.5) == truth).astype(float)
    return _result(
        "bbbp",
        "yes_no",
        answers,
        {"correct": correct},
        {"accuracy": Score(float(correct.mean()), 0.7, 0.9), "auroc": Score(0.9)},
        ranking="correct",
        correct=correct.tolist(),
        changes=changes,
    )


def choice_result(rows: int = 12, **changes) -> Result:
    """Four choices, asked without any molecule; one answer is none of them."""
    answers = [Answer("", "ABCDE"[row % 5], "ABCD"[row % 4], row=row, prompt="A, B, C or D?") for row in range(rows)]
    correct = [float(one.prediction == one.target) for one in answers]
    columns = {"correct": np.array(correct)}
    scores = {"accuracy": Score(float(np.mean(correct)))}
    return _result("questions", "choice", answers, columns, scores, ranking="correct", correct=correct, changes=changes)


def name_result(rows: int = 16, **changes) -> Result:
    """IUPAC names."""
    answers = [Answer(MOLECULES[row % 8], f"{row}-ethanol", "benzo[a]pyrene", row=row) for row in range(rows)]
    meteor = np.linspace(0, 1, rows)
    return _result(
        "iupac",
        "name",
        answers,
        {"meteor": meteor, "exact_string": np.zeros(rows)},
        {"meteor": Score(0.5, 0.4, 0.6), "exact_string": Score(0.0)},
        settings={"tokenizer": "words (lower-cased runs of a-z and 0-9, as in rouge_score)"},
        ranking="meteor",
        correct=[0.0] * rows,
        changes=changes,
    )


def every_kind() -> list[Result]:
    """One result of each kind."""
    return [text_result(), smiles_result(), number_result(), yes_no_result(), choice_result(), name_result()]


def _result(task, kind, answers, columns, scores, *, changes, **rest) -> Result:
    parsed = [one.prediction for one in answers]
    whole = Result(task, task.replace("-", " "), kind, "ours", answers, parsed, columns, scores, **rest)
    return replace(whole, **changes)
