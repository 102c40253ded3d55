"""The template backend: deterministic, varied, and all its claims pass the checker."""

import random

from llamo.checking import CheckOptions, Context, Conversation, check
from llamo.checking.diversity import kind_of
from llamo.checking.facts import facts_of
from llamo.checking.form import FormRules
from llamo.demo.molecules import read_molecules
from llamo.instructions.known_facts import known_facts
from llamo.instructions.material import Material
from llamo.instructions.statements import statements
from llamo.instructions.template_writer import TemplateWriter

DESCRIPTION = (
    "The molecule is a purine alkaloid that is xanthine methylated at three nitrogens. It has a role as a stimulant "
    "and a plant metabolite. It is a trimethylxanthine and a purine alkaloid. It derives from a hydride of a purine. "
    "It derives from a xanthine. It is a conjugate base of a foo(1+). It was seen once. "
    "It is isolated from Coffea arabica."
)
MATERIALS = [
    Material(row, molecule.smiles, Context(DESCRIPTION, molecule.name, {"log P": "1.5"}))
    for row, molecule in enumerate(read_molecules()[::10])
]


def written(**options) -> list[Conversation]:
    drafts = TemplateWriter(**options).write(MATERIALS, attempt=0)
    return [Conversation(one.material.row, (one.material.smiles,), one.turns, one.material.context) for one in drafts]


def test_every_statement_of_a_description_is_read():
    found = {one.kind: one.what for one in statements(DESCRIPTION)}
    assert found == {
        "what": "a purine alkaloid that is xanthine methylated at three nitrogens",
        "roles": "a stimulant and a plant metabolite",
        "classes": "a trimethylxanthine and a purine alkaloid",
        "hydride": "a purine",
        "parent": "a xanthine",
        "conjugate base of": "a foo(1+)",
        "source": "Coffea arabica",
    }


def test_the_same_seed_gives_the_same_and_another_gives_others():
    assert written(seed=1) == written(seed=1)
    assert written(seed=1) != written(seed=2)


def test_a_draft_does_not_depend_on_the_rows_beside_it():
    writer = TemplateWriter()
    (alone,) = writer.write(MATERIALS[5:6], attempt=0)
    assert alone in list(writer.write(MATERIALS, attempt=0))


def test_turns_are_within_bounds_and_varied():
    conversations = written(fewest=3, most=6)
    assert {len(one.turns) for one in conversations} == {3, 4, 5, 6}
    kinds = {kind_of(turn.question) for one in conversations for turn in one.turns}
    assert len(kinds) >= 10
    assert len({turn.question for one in conversations for turn in one.turns}) > 120


def test_what_rdkit_knows_passes_the_checker():
    conversations = []
    for row, molecule in enumerate(read_molecules()[::4]):
        material = Material(row, molecule.smiles, Context())
        facts = known_facts(facts_of(molecule.smiles), random.Random(row))
        from llamo.instructions.template_writer import _ask

        turns = tuple(_ask(fact, random.Random(row)) for fact in facts)
        conversations.append(Conversation(row, (material.smiles,), turns))
    result = check(conversations, CheckOptions(form=FormRules(), find_duplicates=False))
    assert [(verdict.row, verdict.reasons) for verdict in result.verdicts if not verdict.is_good] == []
    claims = result.summary["claims"]
    assert sum(one["checked"] for one in claims.values()) > 1200
    assert {"formula", "mass", "charge", "count", "group", "group count", "chirality"} <= set(claims)
