"""The demo's questions: phrasings, and the true answer as RDKit computes it. Knows no model."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from llamo.demo.molecules import NamedMolecule


@dataclass(frozen=True)
class QuestionType:
    """One kind of question.

    Attributes:
        key: short name in tables.
        phrasings: ways to ask it.
        answer: the true answer for an RDKit molecule.
    """

    key: str
    phrasings: tuple[str, ...]
    answer: Callable[[Chem.Mol], str]


@dataclass(frozen=True)
class Example:
    """One question about one molecule, with the truth."""

    molecule: NamedMolecule
    kind: QuestionType
    question: str
    truth: str


def _count_atoms(symbol: str) -> Callable[[Chem.Mol], str]:
    return lambda mol: str(sum(atom.GetSymbol() == symbol for atom in mol.GetAtoms()))


def _number(descriptor: Callable[[Chem.Mol], int]) -> Callable[[Chem.Mol], str]:
    return lambda mol: str(descriptor(mol))


def _count(key: str, noun: str, answer: Callable[[Chem.Mol], str]) -> QuestionType:
    phrasings = (f"How many {noun} does it have?", f"What is the number of {noun}?", f"Count the {noun}.")
    return QuestionType(key, phrasings, answer)


def _presence(key: str, noun: str, smarts: str) -> QuestionType:
    pattern = Chem.MolFromSmarts(smarts)
    phrasings = (f"Does it contain {noun}?", f"Is there {noun} in the molecule?", f"Can you find {noun}?")
    return QuestionType(key, phrasings, lambda mol: "yes" if mol.HasSubstructMatch(pattern) else "no")


# Neutral, three bonds, only carbon and hydrogen around it, and not the nitrogen of an amide or amidine.
_AMINE = "[NX3;+0;!$(NC=[O,S,N]);!$(N-[!#6;!#1])]"
# Ureas and carbamates, whose carbon has a further heteroatom, are not amides here.
_AMIDE = "[NX3][CX3;!$(C(=O)(N)[!#6;!#1])]=O"
# The carbon carries carbon or hydrogen, not a second heteroatom as in a carbonate; the oxygen leads to a carbon that is
# not itself an acyl carbon as in an anhydride.
_ESTER = "[CX3;$(C[#6]),$([CX3H1])](=O)[OX2][#6;!$(C=O)]"

QUESTION_TYPES: tuple[QuestionType, ...] = (
    _count("rings", "rings", _number(rdMolDescriptors.CalcNumRings)),
    _count("aromatic rings", "aromatic rings", _number(rdMolDescriptors.CalcNumAromaticRings)),
    _count("carbon atoms", "carbon atoms", _count_atoms("C")),
    _count("nitrogen atoms", "nitrogen atoms", _count_atoms("N")),
    _count("oxygen atoms", "oxygen atoms", _count_atoms("O")),
    _count("heavy atoms", "heavy atoms", _number(lambda mol: mol.GetNumHeavyAtoms())),
    _count("H-bond donors", "hydrogen bond donors", _number(rdMolDescriptors.CalcNumHBD)),
    _count("H-bond acceptors", "hydrogen bond acceptors", _number(rdMolDescriptors.CalcNumHBA)),
    _presence("halogen", "a halogen", "[F,Cl,Br,I]"),
    _presence("C=C double bond", "a non-aromatic carbon-carbon double bond", "C=C"),
    _presence("hydroxyl group", "an alcohol or phenol group", "[OX2H][#6;!$([#6]=O)]"),
    _presence("carboxylic acid", "a carboxylic acid", "[CX3](=O)[OX2H1]"),
    _presence("ester", "an ester", _ESTER),
    _presence("carbonyl group", "a carbonyl group", "[#6]=O"),
    _presence("amide", "an amide", _AMIDE),
    _presence("amine", "an amine", _AMINE),
    _presence("aromatic ring", "an aromatic ring", "a"),
    QuestionType(
        "net charge",
        ("What is its net charge?", "How is it charged in all?", "Give the total charge."),
        _number(Chem.GetFormalCharge),
    ),
    QuestionType(
        "formula",
        ("What is its molecular formula?", "Give the formula.", "Write down the molecular formula."),
        rdMolDescriptors.CalcMolFormula,
    ),
)


def ask(
    molecules: Sequence[NamedMolecule], kinds: Sequence[QuestionType] = QUESTION_TYPES, *, all_phrasings: bool = False
) -> list[Example]:
    """Every kind of question about every molecule.

    Args:
        molecules: what to ask about.
        kinds: what to ask.
        all_phrasings: ask in every phrasing instead of one that changes from molecule to molecule.
    """
    examples = []
    for row, molecule in enumerate(molecules):
        for column, kind in enumerate(kinds):
            truth = kind.answer(molecule.mol)
            chosen = kind.phrasings[(row + column) % len(kind.phrasings)]
            asked = kind.phrasings if all_phrasings else (chosen,)
            examples += [Example(molecule, kind, question, truth) for question in asked]
    return examples


def majority_answers(train: Sequence[Example]) -> dict[str, str]:
    """The most frequent training answer of each kind of question: what a model blind to the molecule would say."""
    counts: dict[str, Counter[str]] = {}
    for example in train:
        counts.setdefault(example.kind.key, Counter())[example.truth] += 1
    return {key: max(sorted(answers), key=answers.__getitem__) for key, answers in counts.items()}
