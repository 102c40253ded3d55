"""Scorers are metrics of `evaluate`: loaded offline by name or path, with intervals, settings beside the scores."""

import re
import subprocess
import sys
from pathlib import Path

import evaluate
import numpy as np
import pytest

import llamo.metrics
from llamo.metrics.metric import ScorerMetric
from llamo.metrics.scorer import Columns, Pairs, Scorer
from tests.paths import REPOSITORY

MODULES = Path(llamo.metrics.__file__).parent / "modules"
WORDS = {"predictions": ["an acid", "a base"], "references": ["an acid", "an acid"]}


class Agreement(Scorer):
    """Share of rows that agree, and what else the pairs hold."""

    def __init__(self, *, strict: bool = True):
        self.strict = strict

    @property
    def settings(self) -> dict[str, str]:
        return {"strict": str(self.strict)}

    def measure(self, pairs: Pairs) -> Columns:
        agree = [said == true for said, true in zip(pairs.predictions, pairs.references, strict=True)]
        known = [one is not None for one in pairs.scores or [None] * len(agree)]
        grouped = [one is not None for one in pairs.groups or [None] * len(agree)]
        return {"agree": np.array(agree, float), "known": np.array(known), "grouped": np.array(grouped)}

    def summarise(self, columns: Columns) -> dict[str, float]:
        return {name: float(column.mean()) for name, column in columns.items()}


class AgreementMetric(ScorerMetric):
    """Whether texts agree."""

    def make_scorer(self, *, strict: bool = True) -> Agreement:
        return Agreement(strict=strict)


@pytest.fixture
def metric(tmp_path):
    return AgreementMetric(cache_dir=str(tmp_path))


def test_scores_stand_beside_settings(metric):
    assert metric.compute(**WORDS) == {"agree": 0.5, "known": 0.0, "grouped": 0.0, "strict": "True"}


def test_options_reach_the_scorer(metric):
    assert metric.compute(**WORDS, strict=False)["strict"] == "False"


def test_scores_and_groups_reach_the_scorer(metric):
    found = metric.compute(**WORDS, scores=[0.1, 0.9], groups=["a", "b"])
    assert (found["known"], found["grouped"]) == (1.0, 1.0)


def test_resamples_give_bounds(metric):
    found = metric.compute(predictions=["a"] * 30 + ["b"] * 30, references=["a"] * 60, resamples=200)
    assert found["agree_low"] < found["agree"] < found["agree_high"]


def test_less_confidence_gives_narrower_bounds(metric):
    rows = {"predictions": ["a"] * 30 + ["b"] * 30, "references": ["a"] * 60, "resamples": 200}
    wide, narrow = metric.compute(**rows), metric.compute(**rows, confidence=0.5)
    assert wide["agree_low"] < narrow["agree_low"] < narrow["agree_high"] < wide["agree_high"]


def test_the_seed_makes_the_bounds(metric):
    rows = {"predictions": ["a"] * 30 + ["b"] * 31, "references": ["a"] * 61, "resamples": 20}
    assert metric.compute(**rows, seed=1) == metric.compute(**rows, seed=1)
    assert metric.compute(**rows, seed=1) != metric.compute(**rows, seed=2)


def test_rows_may_be_added_one_by_one(metric):
    for prediction, reference in zip(*WORDS.values(), strict=True):
        metric.add(prediction=prediction, reference=reference)
    assert metric.compute()["agree"] == 0.5


def test_unknown_options_are_refused(metric):
    with pytest.raises(ValueError, match=r"got unknown options \['tokeniser'\]; give some of \['strict'\]"):
        metric.compute(**WORDS, tokeniser="words")


def test_rows_of_different_number_are_refused(metric):
    with pytest.raises(ValueError, match="rows differ in number"):
        metric.compute(**WORDS, groups=["a"])


def test_the_docstring_describes_the_metric(metric):
    assert metric.description == "Whether texts agree."


def test_names_are_those_of_the_modules():
    assert {"bleu", "meteor", "rouge"} <= set(llamo.metrics.names())
    assert "__init__" not in llamo.metrics.names()


@pytest.mark.parametrize("name", llamo.metrics.names())
def test_every_module_loads_by_name(name, tmp_path):
    loaded = llamo.metrics.load(name, cache_dir=str(tmp_path))
    assert isinstance(loaded, ScorerMetric)
    assert loaded.description


def test_bleu_and_rouge_compute(tmp_path):
    bleu, rouge = (llamo.metrics.load(name, cache_dir=str(tmp_path)) for name in ("bleu", "rouge"))
    assert bleu.compute(**WORDS, tokenizer="words")["bleu_2"] == pytest.approx((2 / 4 * 1 / 2) ** 0.5)
    assert rouge.compute(**WORDS)["rouge_1"] == 0.5


def test_evaluate_loads_a_module_by_its_path(tmp_path):
    loaded = evaluate.load(str(MODULES / "bleu.py"), cache_dir=str(tmp_path), keep_in_memory=True)
    found = loaded.compute(**WORDS, tokenizer="characters")
    assert found["tokenizer"] == "characters"


def test_metrics_combine(tmp_path):
    parts = [llamo.metrics.load(name, cache_dir=str(tmp_path)) for name in ("bleu", "rouge")]
    found = evaluate.combine(parts).compute(**WORDS, tokenizer="words")
    assert {"bleu_4", "rouge_l", "tokenizer", "rouge_tokenizer"} <= set(found)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match=r"unknown metric 'blue'; give one of .*bleu"):
        llamo.metrics.load("blue")


def test_the_package_has_the_names_that_it_promises():
    assert all(getattr(llamo.metrics, name) for name in dir(llamo.metrics))
    with pytest.raises(AttributeError, match="no attribute 'bleu_score'"):
        llamo.metrics.bleu_score  # noqa: B018


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, llamo.metrics; print({'nltk', 'evaluate', 'transformers', 'torch', 'rdkit'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_the_first_code_of_the_document_runs(capsys):
    text = (REPOSITORY / "docs" / "metrics.md").read_text(encoding="utf-8")
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1), {})
    assert capsys.readouterr().out.count("'tokenizer': 'words") == 2
