"""Answers that are yes or no: accuracy, balanced accuracy, F1 and area under the ROC curve."""

import re
from typing import ClassVar

import numpy as np

from llamo.metrics.averages import mean, ratio, sum_over_rows
from llamo.metrics.groups import by_group, group_columns, mean_of, named
from llamo.metrics.references import reference_error
from llamo.metrics.scorer import Columns, Pairs, Scorer

_ANSWERS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}


def read_yes_no(text: str) -> float | None:
    """1 for `yes` and `true`, 0 for `no` and `false`, in any case and with signs around; None for all else."""
    return _ANSWERS.get(re.sub(r"^\W+|\W+$", "", text).casefold())


class ClassificationScorer(Scorer):
    """`accuracy`, `balanced_accuracy`, `f1` (of yes) and `auroc`; `unparsable`: answers that are neither yes nor no.

    An unparsable answer is wrong, whatever the truth. `auroc` takes the probability of yes where `Pairs.scores` has
    it, else the answer: 1 for yes, 0 for no, 0.5 where unparsable. `settings` says which.

    Where rows have groups, such as assays, the four are means over groups, and each group has its `auroc[NAME]`. A
    group whose references are all the same has no area and no balanced accuracy, is left out of these means, and
    counted in `single_class_groups`.
    """

    lower_is_better: ClassVar[frozenset[str]] = frozenset({"unparsable", "single_class_groups"})

    def __init__(self):
        self._auroc_from = "answers"

    @property
    def settings(self) -> dict[str, str]:
        """`auroc_from`: `probabilities`, `answers`, or how many rows had which, of the rows that were measured last."""
        return {"auroc_from": self._auroc_from}

    def measure(self, pairs: Pairs) -> Columns:
        """`correct`: 1 or 0; `predicted_yes`: NaN where unparsable; `certainty_of_yes`; `reference_yes`."""
        true = np.array([_reference(row, text) for row, text in enumerate(pairs.references)])
        read = [read_yes_no(text) for text in pairs.predictions]
        given = np.array([np.nan if value is None else value for value in read])
        scores = np.full(len(true), np.nan) if pairs.scores is None else np.array(pairs.scores, dtype=float)
        self._auroc_from = _source(scores)
        return {
            "correct": (given == true).astype(float),
            "predicted_yes": given,
            "certainty_of_yes": np.where(np.isnan(scores), np.nan_to_num(given, nan=0.5), scores),
            "reference_yes": true,
            **group_columns(pairs.groups),
        }

    def summarise(self, columns: Columns) -> dict[str, float]:
        """See the class."""
        unparsable = {"unparsable": sum_over_rows(np.isnan(columns["predicted_yes"]))}
        groups = {group: _scores(rows) for group, rows in by_group(columns).items()}
        if not groups:
            return {**_scores(columns), **unparsable}
        scores = mean_of(groups.values(), ("accuracy", "balanced_accuracy", "f1", "auroc"))
        for group, found in groups.items():
            scores |= named({"auroc": found["auroc"]}, group)
        single = sum(np.isnan(found["auroc"]) for found in groups.values())
        return {**scores, **unparsable, "single_class_groups": float(single)}


def auroc(certainty: np.ndarray, positive: np.ndarray) -> float:
    """Area under the ROC curve: how often a positive row is surer than a negative one, ties counting half.

        (sum of ranks of positives - P (P + 1) / 2) / (P N)

    with P positives and N negatives, tied ranks averaged (Hanley and McNeil 1982). NaN where P or N is 0.
    """
    from scipy.stats import rankdata

    positives = int(np.count_nonzero(positive))
    negatives = len(positive) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = float(rankdata(certainty)[positive].sum())
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def _reference(row: int, text: str) -> float:
    value = read_yes_no(text)
    if value is None:
        raise reference_error(row, text, "yes or no")
    return value


def _source(scores: np.ndarray) -> str:
    unknown = int(np.isnan(scores).sum())
    if unknown in (0, len(scores)):
        return "answers" if unknown else "probabilities"
    return f"probabilities ({len(scores) - unknown} rows), answers ({unknown} rows)"


def _scores(columns: Columns) -> dict[str, float]:
    positive, correct = columns["reference_yes"] == 1, columns["correct"]
    hits = float(correct[positive].sum())
    said_yes = float(np.count_nonzero(columns["predicted_yes"] == 1))
    recalls = mean(correct[positive]), mean(correct[~positive])
    return {
        "accuracy": mean(correct),
        "balanced_accuracy": sum(recalls) / 2,
        "f1": ratio(2 * hits, said_yes + float(np.count_nonzero(positive))),
        "auroc": auroc(columns["certainty_of_yes"], positive),
    }
