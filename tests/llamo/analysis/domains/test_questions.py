"""Questions about facts, and blind answers."""

from llamo.analysis.domains.questions import EACH, FACTS, asked, blind, label, learned


def test_a_conversation_asks_every_fact_once():
    (row,) = learned("small", ["CCO"])
    assert len(row.turns) == len({question for question, _ in row.turns}) == len(FACTS)
    assert row.kind == "small"


def test_molecules_are_asked_about_in_turn():
    rows = asked("small", ["CCO", "CCN"])
    assert len(rows) == 2 * EACH
    assert {row.kind for row in rows} == {label("small", fact) for fact in FACTS}


def test_answers_are_true():
    found = {row.kind: row.turns[0][1] for row in asked("small", ["OCCBr", "OCCBr"])}
    assert found[label("small", "hydroxyl group")] == found[label("small", "halogen")] == "yes"
    assert found[label("small", "nitrogen atoms")] == "0"


def test_the_most_frequent_answer_is_scored_on_each_domain():
    tests = {"a": asked("a", ["CCO"] * 2), "b": asked("b", ["c1ccccc1N"] * 2)}
    found = blind({"a": ["CCO"]}, tests)
    assert found["a"]["a"] == 1
    assert 0 < found["a"]["b"] < 1
