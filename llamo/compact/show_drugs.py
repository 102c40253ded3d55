"""`llamo demo`: the shipped model on well-known drugs, its answers beside what RDKit says."""

from dataclasses import dataclass
from time import perf_counter

from rdkit import Chem
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from llamo.assistant import DESCRIBE, Assistant, Reply
from llamo.compact.shipped import shipped
from llamo.demo.molecules import NamedMolecule, read_molecules
from llamo.demo.questions import QUESTION_TYPES, QuestionType
from processors.molecule import parse

# The descriptions of the first four were learned, those of the others were not.
DRUGS = (
    "theophylline",
    "lidocaine",
    "carbamazepine",
    "benzylpenicillin",
    "aspirin",
    "caffeine",
    "paracetamol",
    "diazepam",
)
FACTS = ("formula", "rings", "H-bond donors", "carboxylic acid")
UNKNOWN = "How much does it cost?"


@dataclass(frozen=True)
class DrugReplies:
    """What the model says of one drug.

    Attributes:
        drug: with its name, which the model is not told.
        known: whether a description of the molecule was learned from.
        description: of it.
        facts: replies to `FACTS`.
        truths: what RDKit says to each.
        unknown: reply to a question that nobody can answer from a structure.
    """

    drug: NamedMolecule
    known: bool
    description: Reply
    facts: tuple[Reply, ...]
    truths: tuple[str, ...]
    unknown: Reply


def run_demo(*, device: str | None = None, retrieve: int = 0) -> list[DrugReplies]:
    """Asks, prints and gives the answers."""
    started, console = perf_counter(), Console()
    assistant = Assistant.load(shipped(), device=device)
    replies = ask_about(assistant, [one for name in DRUGS for one in read_molecules() if one.name == name], retrieve)
    for one in replies:
        seen = "its description was learned" if one.known else "its description was not learned"
        console.print(f"\n[bold]{escape(one.drug.name)}[/]  [dim]{escape(one.drug.smiles)}  ({seen})[/]")
        console.print(f"{escape(one.description.text)}  [dim]{one.description.confidence:.0%}[/]")
        console.print(_table(one))
    right = sum(reply.text == truth for one in replies for reply, truth in zip(one.facts, one.truths, strict=True))
    console.print(
        f"\n{right} of {len(FACTS) * len(replies)} facts right, in {perf_counter() - started:.0f} s. The model sees "
        "structures, never names; percentages are its own confidence. How it does on molecules that it has not seen: "
        f"{shipped() / 'README.md'}"
    )
    return replies


def ask_about(assistant: Assistant, drugs: list[NamedMolecule], retrieve: int = 0) -> list[DrugReplies]:
    """All questions about each drug."""
    kinds = [kind for key in FACTS for kind in QUESTION_TYPES if kind.key == key]
    smiles = [drug.smiles for drug in drugs]
    descriptions = assistant.ask(smiles, DESCRIBE, retrieve=retrieve)
    each = [[drug.smiles, *_questions(kinds)] for drug in drugs]
    short = assistant.ask(
        [row[0] for row in each for _ in row[1:]],
        [question for row in each for question in row[1:]],
        retrieve=0,
        max_new_tokens=40,
        batch_size=64,
    )
    learned = _learned(assistant)
    found, size = [], len(kinds) + 1
    for number, drug in enumerate(drugs):
        replies = short[number * size : (number + 1) * size]
        truths = tuple(kind.answer(drug.mol) for kind in kinds)
        known = Chem.MolToSmiles(drug.mol) in learned
        found.append(DrugReplies(drug, known, descriptions[number], tuple(replies[:-1]), truths, replies[-1]))
    return found


def _questions(kinds: list[QuestionType]) -> list[str]:
    return [*(kind.phrasings[0] for kind in kinds), UNKNOWN]


def _learned(assistant: Assistant) -> set[str]:
    """Molecules whose descriptions were learned: those of the caption index."""
    captions = assistant.processor.captions
    return set() if captions is None else {Chem.MolToSmiles(parse(one)) for one in captions.smiles}


def _table(one: DrugReplies) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    for reply, truth in zip(one.facts, one.truths, strict=True):
        verdict = "[green]right[/]" if reply.text == truth else f"[red]wrong, {escape(truth)}[/]"
        table.add_row("  " + reply.question, escape(reply.text), f"[dim]{reply.confidence:.0%}[/]", verdict)
    table.add_row("  " + one.unknown.question, escape(one.unknown.text), f"[dim]{one.unknown.confidence:.0%}[/]", "")
    return table
