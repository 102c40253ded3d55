"""Scores of a compact model: answers read back beside their truths, shares, and the card that prints them."""

import json
from dataclasses import asdict

import pytest
from rdkit.Chem.rdMolDescriptors import CalcNumRings

from llamo.assistant import Assistant, Reply
from llamo.compact import measuring, refusals, tensors
from llamo.compact.card import write_card
from llamo.compact.measuring import Answered
from llamo.demo.questions import QUESTION_TYPES
from processors import LlamoProcessor
from processors.molecule import parse
from tests.text import byte_tokenizer


def test_answers_are_read_beside_smiles_and_truth(tmp_path):
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer())
    chat = [
        {"role": "user", "content": [{"type": "molecule", "smiles": "OCC"}, {"type": "text", "text": "Formula?"}]},
        {"role": "assistant", "content": "C2H6O"},
    ]
    example = processor.encode_conversation(chat)
    end = example["input_ids"].index(processor.graph_token_id)
    rows = tensors.from_examples([example], ["formula"], [["OCC"]], [(end - 3, end)])
    ids = processor.tokenizer("C2H4O", add_special_tokens=False)["input_ids"]
    path = tmp_path / "answers.jsonl"
    path.write_text(json.dumps({"row": 0, "tokens": ids}) + "\n")
    assert measuring.read_answers(path, rows, processor) == [Answered("formula", "CCO", "C2H6O", "C2H4O")]
    path.write_text("")
    with pytest.raises(ValueError, match="0 answers for 1 questions"):
        measuring.read_answers(path, rows, processor)


def test_facts_are_shares_of_each_kind_and_their_mean():
    answers = [
        Answered("rings", "C", "0", "0"),
        Answered("rings", "C", "0", "1"),
        Answered("formula", "C", "CH4", "CH4"),
    ]
    assert measuring.fact_scores(answers) == {"rings": 0.5, "formula": 1.0, "mean": 0.75}


def test_formulas_are_counted_by_size():
    answers = [Answered("formula", "C" * size, "x", "x" if size < 10 else "y") for size in (1, 9, 10, 20)]
    rows = measuring.formula_by_size(answers, (0, 10, 30))
    assert [(row["up_to"], row["molecules"], row["right"]) for row in rows] == [(10, 3, 2 / 3), (30, 1, 0.0)]


def test_failures_are_bad_answers():
    good, bad = (Answered("d", "C", "the molecule is a gas", text) for text in ("the molecule is a gas", "no"))
    assert measuring.failures([good, bad, bad, bad, bad]) == [bad, bad, bad]


class Knowing(Assistant):
    """Right about rings, refuses every question with "buy" or "shop" in it."""

    def __init__(self):
        pass

    def ask(self, smiles, questions="", **options):
        replies = []
        for one, question in zip(smiles, questions, strict=True):
            rings = str(CalcNumRings(parse(one))) if one else ""
            text = refusals.ANSWER if "buy" in question or "shops" in question else rings
            replies.append(Reply(one, question, text, 0.9))
        return replies


def test_confidences_are_compared_with_the_truth():
    found = measuring.confidence_scores(Knowing(), ["CCO", "c1ccccc1"])
    assert found["rows"] == 2 * len(QUESTION_TYPES) and 0 < found["right"] < 0.6
    assert found["ece"] == pytest.approx(0.9 - found["right"])


def test_refusals_are_counted_where_they_are_due_and_where_not():
    found = measuring.refusal_scores(Knowing(), ["CCO"])
    assert found == {"about_molecules": pytest.approx(1 / 6), "about_other_things": 0.0, "answerable": 0.0}


def test_the_card_holds_what_was_measured(tmp_path):
    score = {"value": 0.123, "low": 0.1, "high": 0.15}
    texts = dict.fromkeys(("bleu_2", "bleu_4", "meteor", "rouge_1", "rouge_2", "rouge_l"), score)
    facts = {
        "facts": {"rings": 0.987, "mean": 0.987},
        "formula_by_size": [{"over": 0, "up_to": 15, "molecules": 7, "right": 0.5}],
    }
    curve = [
        {"step": 20, "loss": 4.56, "tokens": 1, "seconds": 1, "rate": 1},
        {"step": 30, "validation_loss": {"description": 2.34, "retrieved": 2.22, "facts": 1.11}},
    ]
    full = {"curve": curve, "answers": {"test-0:both:1": texts, "test-0:graph:1": texts, "test-facts:both:1": facts}}
    text_only = {"curve": curve, "answers": {"test-3:smiles:4": texts, "test-facts:smiles:1": facts}}
    found = {
        "prepared": {"descriptions": 4321, "rows": {"facts": 9}, "tokens": 77},
        "model": {"weights": 15_862_265, "training": "On a pocket calculator."},
        "molecules": 5,
        "twins": {"full": full, "text-only": text_only},
        "failures": [asdict(Answered("description", "CCO", "a gas", "a metal"))],
        "nearest": texts,
        "shipped": {"test-3:both:1": texts},
        "rows": 99,
        "tasks": {"esol": {"rows": 71, "scores": {"mae": {"value": 1.2345, "low": 1.1, "high": 1.3}}}},
        "refusals": {"about_molecules": 0.5, "about_other_things": 0.25, "answerable": 0.0},
        "confidence": {"rows": 19, "ece": 0.1, "auroc": 0.9, "bins": [{"confidence": 0.9, "right": 0.8, "rows": 19}]},
    }
    write_card(found, tmp_path / "README.md")
    card = (tmp_path / "README.md").read_text()
    for wanted in (
        "| llamo-compact, no retrieval, greedy | 12.3 [10.0, 15.0] |",
        "| twin, text only, 3 captions retrieved, 4 beams |",
        "| graph alone | 12.3 [10.0, 15.0] | - | - |",
        "| question | llamo-compact | twin, text only |",
        "| rings | 98.7 % | 98.7 % |",
        "| 1 to 15 | 7 | 50.0 % |",
        "| 30 | 4.56 | 2.34 | 2.22 | 1.11 |",
        "15,862,265 weights",
        "| esol | 71 | MAE 1.23 [1.1, 1.3] |",
        "| as shipped, first 99 test molecules |",
        "| 3 captions retrieved | 12.3 [10.0, 15.0] |",
        "On a pocket calculator.",
        '- `CCO`: "a metal" The truth: "a gas"',
    ):
        assert wanted in card
