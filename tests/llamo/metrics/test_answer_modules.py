"""The scorers of molecules, names, numbers and classes as metrics of `evaluate`."""

import pytest

from llamo import metrics

# name, predictions, references, options, one of the scores
CASES = [
    ("validity", ["CCO", "C("], ["C", "C"], {}, ("validity", 0.5)),
    ("exact_match", ["OCC"], ["CCO"], {}, ("exact", 1.0)),
    ("levenshtein", ["OCC"], ["CCO"], {}, ("levenshtein", 2.0)),
    ("fingerprints", ["OCC"], ["CCO"], {"radius": 3}, ("morgan", "counts, not folded, radius 3")),
    ("name_match", ["Water"], ["water"], {}, ("exact_ignoring_case", 1.0)),
    ("numbers", ["1.5"], ["1"], {}, ("mae", 0.5)),
    ("classification", ["no", "no"], ["yes", "no"], {"scores": [0.4, 0.1]}, ("auroc", 1.0)),
    ("choice", ["A"], ["B"], {"choices": ["A", "B"]}, ("chance", "0.5")),
    ("open_answer", ["the acid"], ["acid"], {}, ("exact_normalised", 1.0)),
]


@pytest.mark.parametrize(
    ("name", "predictions", "references", "options", "expected"), CASES, ids=lambda value: str(value)
)
def test_evaluate_computes_it(name, predictions, references, options, expected):
    found = metrics.load(name).compute(predictions=predictions, references=references, **options)
    assert found[expected[0]] == expected[1]
