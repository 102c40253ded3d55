"""Claims of names and structures: IUPAC names (read by OPSIN), SMILES, conjugate acids and bases, mirror images.

A name that OPSIN cannot read is decided only where the context or the name's own charge tells.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from rdkit import Chem

from llamo.checking.conversation import Context
from llamo.checking.facts import Facts, atoms, mirrored
from llamo.checking.judged import Judged, judged
from llamo.checking.sentences import sentences
from llamo.metrics.opsin import Opsin
from processors import MoleculeError
from processors.molecule import flat_structure, parse

_ASKS_NAME = re.compile(
    r"\b(?:IUPAC|systematic|chemical)\b.{0,20}\bname\b|\bname of (?:the|this) (?:molecule|compound)\b|"
    r"\bwhat is it called\b|\bname (?:the|this) (?:molecule|compound)\b",
    re.I,
)
_STATES_NAME = re.compile(
    r"\b(?:IUPAC|systematic|chemical) name(?: of (?:the|this) (?:molecule|compound))?(?: is| would be|:|"
    r",)+ ['\"`*]*(?P<name>\S.*)",
    re.I,
)
_CALLED = re.compile(
    r"^(?:it|the molecule|this molecule|the compound|this compound) (?:is (?:called|named)|"
    r"has the name) ['\"`*]*(?P<name>\S.*)",
    re.I,
)
_GIVES_STRUCTURE = re.compile(r"\b(?:give|write|provide|convert|what is|translate)\b.{0,40}\bSMILES\b", re.I)
_RELATION = re.compile(
    r"\bconjugate (?P<kind>acid|base)(?P<is> is| would be|:)?(?(is)| of)\s+(?:an? |the )?['\"`*]*(?P<name>[^\s,;].*?)"
    r"(?=[.;,]?$|\.\s|, |; | and (?:an?|the|it|is)\b| arising| obtained| having| formed| in which| where)",
    re.I,
)
_MIRROR = re.compile(r"\bis an enantiomer of (?:an? |the )?(?P<name>\S.*?)(?=[.;,]?$|\.\s)", re.I)
_ENDS_IN_CHARGE = re.compile(r"\((?P<size>\d+)(?P<sign>[+-])\)$")
# Characters of a name that OPSIN is given, and words of an answer that is nothing but a name.
_LONGEST, _MOST_WORDS = 400, 8


class Names:
    """Names read by OPSIN, each once.

    Args:
        opsin: None where it is not installed: no name is read then.
    """

    def __init__(self, opsin: Opsin | None):
        self.opsin = opsin
        self._known: dict[str, str] = {}

    def learn(self, names: Iterable[str]):
        """Reads many names at once, which is much faster than one by one."""
        new = sorted({name for name in names if name not in self._known and len(name) <= _LONGEST})
        if self.opsin is not None and new:
            read = self.opsin.read(new)
            self._known.update((name, read.get(name, "")) for name in new)

    def smiles(self, name: str) -> str:
        """That OPSIN gives for a name; empty where it cannot read it."""
        self.learn([name])
        return self._known.get(name, "")

    def molecule(self, name: str) -> Chem.Mol | None:
        """That a name means; None where nobody knows."""
        return _read(self.smiles(name))


@lru_cache(maxsize=20_000)
def _read(smiles: str) -> Chem.Mol | None:
    try:
        return parse(smiles) if smiles else None
    except (MoleculeError, ValueError):
        return None


class NameClaim:
    """A name in an answer, and how it is said to be related to the molecule.

    Args:
        relation: `is`, `acid of`, `base of` or `mirror of`: what the molecule is of the name.
        name: as written.
        sentence: that says so.
    """

    def __init__(self, relation: str, name: str, sentence: str):
        self.relation, self.name, self.sentence = relation, name.strip(" .,;'\"`*"), sentence

    @cached_property
    def stated_charge(self) -> int | None:
        """That the name ends with, as in `ibogamine(1+)`."""
        match = _ENDS_IN_CHARGE.search(self.name)
        return None if match is None else int(match["size"]) * (1 if match["sign"] == "+" else -1)


def name_claims(question: str, answer: str) -> list[NameClaim]:
    """Names in an answer."""
    found = []
    for sentence in sentences(answer):
        for match in _RELATION.finditer(sentence):
            # "Its conjugate base is X" makes the molecule X's conjugate acid.
            kind = match["kind"].lower()
            if match["is"]:
                kind = {"acid": "base", "base": "acid"}[kind]
            found.append(NameClaim(f"{kind} of", match["name"], sentence))
        if match := _MIRROR.search(sentence):
            found.append(NameClaim("mirror of", match["name"], sentence))
    stated = _STATES_NAME.search(answer) or (_CALLED.search(answer) if _ASKS_NAME.search(question) else None)
    if stated is not None:
        found.append(NameClaim("is", _to_end_of_name(stated["name"]), answer))
    elif asks_name(question) and not found and len(answer.split()) <= _MOST_WORDS:
        found.append(NameClaim("is", answer, answer))
    return [claim for claim in found if claim.name]


@lru_cache(maxsize=1024)
def _told(description: str) -> frozenset[tuple[str, str]]:
    """Relations and names that a context states."""
    return frozenset((claim.relation, claim.name.casefold()) for claim in name_claims("", description))


def asks_name(question: str) -> bool:
    """Whether a question wants the name."""
    return _ASKS_NAME.search(question) is not None and not asks_smiles(question)


def asks_smiles(question: str) -> bool:
    """Whether a question wants the structure; a SMILES behind "name" is where the name is wanted of."""
    wanted, name = _GIVES_STRUCTURE.search(question), _ASKS_NAME.search(question)
    return wanted is not None and (name is None or wanted.end() <= name.end())


def judge_names(claims: Iterable[NameClaim], facts: Facts, context: Context, names: Names) -> Iterator[Judged]:
    """What becomes of names."""
    for claim in claims:
        if claim.relation == "is":
            yield _judge_name(claim, facts, context, names)
        elif claim.relation == "mirror of":
            other = names.molecule(claim.name)
            is_right = None if other is None else _is_mirror(facts.mol, other)
            yield judged("enantiomer", claim.sentence, is_right, "the mirror image")
        else:
            is_right = _is_conjugate(claim, facts, names)
            if is_right is False and (claim.relation, claim.name.casefold()) in _told(context.description):
                is_right = None  # the context says so: a trivial name that OPSIN reads as another compound
            yield judged("conjugate", claim.sentence, is_right, _expected(claim, facts))


def smiles_claims(question: str, answer: str, facts: Facts) -> Iterator[Judged]:
    """SMILES that an answer gives as the molecule's."""
    if not (asks_smiles(question) or re.search(r"\bSMILES\b.{0,20}\b(?:is|:)", answer)):
        return
    from llamo.tasks.parsing import smiles as smiles_of

    written = smiles_of(answer)
    mol = _read(written) if written and len(written.split()) == 1 else None
    if mol is None:
        yield judged("smiles", answer, False, "a SMILES that RDKit reads")
    else:
        is_right = any(flat_structure(mol) == flat_structure(form) for form in facts.forms)
        yield judged("smiles", answer, is_right, Chem.MolToSmiles(facts.mol))


def _to_end_of_name(text: str) -> str:
    """Up to the end of the sentence; names have full stops only inside brackets."""
    return re.split(r"[.;]?\s*$|\.\s+(?=[A-Z])|, (?:which|and|a|where|with)\b", text, maxsplit=1)[0]


def _judge_name(claim: NameClaim, facts: Facts, context: Context, names: Names) -> Judged:
    if context.iupac and _plain(claim.name) == _plain(context.iupac):
        return judged("name", claim.sentence, True)
    other = names.molecule(claim.name)
    truth = context.iupac or f"a name of {Chem.MolToSmiles(facts.mol)}"
    if other is None:
        # The beginning of the right name was cut off; anything else may be a trivial name.
        is_cut = bool(context.iupac) and _plain(context.iupac).startswith(_plain(claim.name))
        return judged("name", claim.sentence, False if is_cut else None, truth)
    return judged("name", claim.sentence, any(_is_same(form, other) for form in facts.forms), truth)


def _is_same(first: Chem.Mol, second: Chem.Mol) -> bool:
    """The same structure; stereo counts where both specify it."""
    if flat_structure(first) != flat_structure(second):
        return False
    centres = [Chem.FindMolChiralCenters(one, useLegacyImplementation=False) for one in (first, second)]
    return (
        len(centres[0]) != len(centres[1])
        or Chem.MolToSmiles(first) == Chem.MolToSmiles(second)
        or not _is_mirror(first, second)
    )


def _is_mirror(first: Chem.Mol, second: Chem.Mol) -> bool:
    return Chem.MolToSmiles(mirrored(first)) == Chem.MolToSmiles(second) != Chem.MolToSmiles(first)


def _plain(name: str) -> str:
    return re.sub(r"\s+", "", name).strip(".,;").casefold()


def _is_conjugate(claim: NameClaim, facts: Facts, names: Names) -> bool | None:
    """A conjugate acid has more protons, and as much more charge, on the same skeleton."""
    sign = 1 if claim.relation == "acid of" else -1
    other = names.molecule(claim.name)
    if other is not None:
        difference = atoms(facts.mol)["H"] - atoms(other)["H"]
        charged = facts.charge - Chem.GetFormalCharge(other)
        if _skeleton(other) != _skeleton(facts.mol):
            return False
        return difference == charged and difference * sign > 0
    stated = _charge_by_name(claim)
    return None if stated is None else (facts.charge - stated) * sign > 0


def _charge_by_name(claim: NameClaim) -> int | None:
    if claim.stated_charge is not None:
        return claim.stated_charge
    is_acid = re.search(r"\bacid$", claim.name, re.I) is not None
    return 0 if is_acid and claim.relation == "base of" else None


def _expected(claim: NameClaim, facts: Facts) -> str:
    return f"net charge {facts.charge:+d} is no conjugate {claim.relation} {claim.name}"


@lru_cache(maxsize=20_000)
def _skeleton_of(smiles: str) -> str:
    """Heavy atoms and who is bound to whom: the same for all protonation states and tautomers."""
    mol = Chem.RWMol(Chem.RemoveAllHs(Chem.MolFromSmiles(smiles)))
    for atom in mol.GetAtoms():
        atom.SetFormalCharge(0)
        atom.SetIsAromatic(False)
        atom.SetNoImplicit(True)
        atom.SetNumExplicitHs(0)
        atom.SetChiralTag(Chem.CHI_UNSPECIFIED)
        atom.SetIsotope(0)
    for bond in mol.GetBonds():
        bond.SetBondType(Chem.BondType.SINGLE)
        bond.SetIsAromatic(False)
        bond.SetStereo(Chem.BondStereo.STEREONONE)
    return Chem.MolToSmiles(mol, isomericSmiles=False)


def _skeleton(mol: Chem.Mol) -> str:
    return _skeleton_of(Chem.MolToSmiles(mol))
