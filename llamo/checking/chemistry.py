"""Every claim of an answer that RDKit or OPSIN can decide, with what becomes of it."""

from collections.abc import Iterator

from llamo.checking.conversation import Context, Turn
from llamo.checking.counts import counts
from llamo.checking.facts import Facts
from llamo.checking.judged import Judged, judged
from llamo.checking.naming import Names, asks_smiles, judge_names, name_claims, smiles_claims
from llamo.checking.presence import presence
from llamo.checking.subjects import smiles_in
from llamo.checking.values import values


def judge(turn: Turn, facts: Facts | None, context: Context, names: Names) -> Iterator[Judged]:
    """The claims of one answer.

    Args:
        turn: question and answer.
        facts: of the molecule; None where nobody knows which it is: then only whether a SMILES can be read.
        context: what the writer knew.
        names: read by OPSIN.
    """
    if facts is None:
        if asks_smiles(turn.question) and len(turn.answer.split()) == 1:
            yield judged("smiles", turn.answer, bool(smiles_in(turn.answer)), "a SMILES that RDKit reads")
        return
    yield from values(turn.question, turn.answer, facts)
    yield from counts(turn.question, turn.answer, facts)
    yield from presence(turn.question, turn.answer, facts)
    yield from smiles_claims(turn.question, turn.answer, facts)
    yield from judge_names(name_claims(turn.question, turn.answer), facts, context, names)
