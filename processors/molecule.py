"""From what users have (SMILES, RDKit molecules, mol blocks) to a sanitised RDKit molecule, or a clear error."""

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# Characters of a bad input that an error message shows.
_SHOWN = 80
_BLOCK_MARKS = ("M  END", "V2000", "V3000")
# In a SMILES: atoms, those of hydrogen, of which RDKit removes most, and the ends of bonds that close rings.
_ATOM = re.compile(r"\[[^\[\]]*\]|Br|Cl|[BCNOPSFIbcnops*]")
_HYDROGEN = re.compile(r"\[\d*H(?![a-z])[^\[\]]*\]")
_RING_END = re.compile(r"\[[^\[\]]*\]|(%\d\d|%\(\d+\)|\d)")


class MoleculeError(ValueError):
    """A molecule that cannot be read: row, value, reason and remedy in one line."""

    noun = "molecule"

    def __init__(self, value: Any, reason: str, remedy: str, row: int | None = None):
        shown = repr(value) if isinstance(value, str) else f"a {type(value).__name__}"
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}.. ({len(shown) - 2} characters)"
        place = "" if row is None else f"row {row}: "
        super().__init__(f"{place}cannot read {self.noun} {shown}: {reason}; {remedy}")
        self.value, self.reason, self.remedy, self.row = value, reason, remedy, row

    def __reduce__(self):
        return (type(self), (self.value, self.reason, self.remedy, self.row))


@contextmanager
def muted_rdkit():
    """Keeps RDKit from printing; its log is as before afterwards."""
    from rdkit import rdBase

    with rdBase.BlockLogs():
        yield


def parse(molecule: Any, *, row: int | None = None, max_atoms: int | None = None) -> "Mol":
    """A sanitised RDKit molecule.

    Args:
        molecule: SMILES, mol block (V2000 or V3000), or an RDKit `Mol`, which is left as it is. Hydrogens written as
            atoms are removed from text as RDKit does by default; those of a `Mol` are kept
            (`Chem.RemoveHs` removes them).
        row: number that an error names.
        max_atoms: refuse larger molecules.

    Raises:
        MoleculeError: not readable, empty, without atoms, too large, or of another type.
    """
    mol = _parse_text(molecule, row, max_atoms) if isinstance(molecule, str) else _sanitised_copy(molecule, row)
    check_size(molecule, mol.GetNumAtoms(), max_atoms, row)
    return mol


def check_size(molecule: Any, atoms: int, max_atoms: int | None, row: int | None):
    """Raises a `MoleculeError` for no atoms, or more than allowed."""
    if atoms == 0:
        raise MoleculeError(molecule, "it has no atoms", "pass a molecule with at least one atom", row)
    if max_atoms is not None and atoms > max_atoms:
        raise MoleculeError(molecule, f"it has {atoms} atoms, max_atoms is {max_atoms}", "raise max_atoms", row)


def _sanitised_copy(molecule: Any, row: int | None) -> "Mol":
    from rdkit import Chem

    if not isinstance(molecule, Chem.Mol):
        raise MoleculeError(
            molecule, "this is no molecule", "pass a SMILES, an RDKit Mol, a mol block, or graph tensors", row
        )
    mol, is_raw = Chem.Mol(molecule), molecule.NeedsUpdatePropertyCache()
    try:
        with muted_rdkit():
            Chem.SanitizeMol(mol)
            if is_raw:  # parsed without sanitising, so without stereo labels of double bonds
                Chem.AssignStereochemistry(mol, cleanIt=True, force=True)
    except (ValueError, RuntimeError) as error:  # the latter for bond types that RDKit has no valence for
        raise MoleculeError(molecule, _one_line(str(error)), "correct the molecule", row) from None
    return mol


def _parse_text(text: str, row: int | None, max_atoms: int | None) -> "Mol":
    from rdkit import Chem, rdBase

    if not text.strip():
        raise MoleculeError(text, "it is empty", "pass a SMILES such as 'CCO'", row)
    is_block = "\n" in text and any(mark in text for mark in _BLOCK_MARKS)
    if not is_block and len(text.split()) > 1:
        raise MoleculeError(text, "text follows the SMILES", "pass the SMILES alone, without a name behind it", row)
    if not is_block and not text.isascii():  # RDKit reads on after dropping such a letter
        strange = next(letter for letter in text if not letter.isascii())
        raise MoleculeError(text, f"SMILES have no {strange!r}", "write it in ASCII", row)
    muted = rdBase.BlockLogs()  # until it is deleted: `with` would take as long again
    if max_atoms is not None and len(text) > max_atoms:  # an atom has a letter at least
        _check_unread(text, is_block, max_atoms, row)
    mol = Chem.MolFromMolBlock(text) if is_block else Chem.MolFromSmiles(text)
    del muted
    if mol is None:
        raise MoleculeError(text, _reason(text, is_block), "check the structure and its valences", row)
    return mol


def _check_unread(text: str, is_block: bool, max_atoms: int, row: int | None):
    """Refuses what is too large before RDKit looks for its rings, which can take minutes and holds up all threads."""
    atoms, rings = _size_of_block(text) if is_block else _size_of_smiles(text)
    check_size(text, max(atoms, 1), max_atoms, row)  # what has none is told later, with RDKit's reason
    if rings > max_atoms:
        reason = f"it has {rings} bonds that close rings, max_atoms is {max_atoms}"
        raise MoleculeError(text, reason, "raise max_atoms", row)


def _size_of_smiles(text: str) -> tuple[int, int]:
    rings = sum(end != "" for end in _RING_END.findall(text)) // 2
    return len(_ATOM.findall(text)) - len(_HYDROGEN.findall(text)), rings


def _size_of_block(text: str) -> tuple[int, int]:
    from rdkit import Chem

    raw = Chem.MolFromMolBlock(text, sanitize=False, removeHs=False)
    if raw is None:
        return 0, 0
    return sum(atom.GetAtomicNum() != 1 for atom in raw.GetAtoms()), raw.GetNumBonds() - raw.GetNumAtoms() + 1


def _reason(text: str, is_block: bool) -> str:
    """RDKit's own words about a text it refuses."""
    lines = [re.sub(r"^\[[\d:]+\]\s*", "", line).strip() for line in _rdkit_log(text, is_block).splitlines()]
    telling = [line for line in lines if re.search(r"[a-z]{3}", line) and "Post-condition" not in line]
    return _one_line(telling[0].removeprefix("ERROR: ")) if telling else "RDKit refuses it without a reason"


def _rdkit_log(text: str, is_block: bool) -> str:
    from rdkit import Chem, rdBase

    if not hasattr(rdBase, "CaptureErrorLog"):  # RDKit before 2026: only chemistry can be asked for without the log
        with muted_rdkit():
            raw = Chem.MolFromMolBlock(text, sanitize=False) if is_block else Chem.MolFromSmiles(text, sanitize=False)
            problems = [] if raw is None else Chem.DetectChemistryProblems(raw)
        return problems[0].Message() if problems else "its syntax is wrong; RDKit's log shows where"
    with rdBase.CaptureErrorLog() as log:
        if is_block:  # reading it as a file puts the reason in the error log
            supplier = Chem.SDMolSupplier()
            supplier.SetData(text)
            next(supplier, None)
        else:
            Chem.MolFromSmiles(text)
    return log.messages


def _one_line(reason: str) -> str:
    reason = " ".join(reason.split()).rstrip(".:")
    return reason if len(reason) <= 2 * _SHOWN else f"{reason[: 2 * _SHOWN]}.."


def without_stereo(smiles: str) -> str:
    """The same molecule's canonical SMILES without stereo and isotopes."""
    from rdkit import Chem

    with muted_rdkit():
        mol = Chem.MolFromSmiles(smiles)
        if mol is None:  # a few canonical SMILES do not pass the checks that their molecule passed
            mol = Chem.MolFromSmiles(smiles, sanitize=False)
    return Chem.MolToSmiles(mol, isomericSmiles=False)


def flat_structure(mol: "Mol") -> str:
    """Canonical SMILES without stereo and isotopes: what stereoisomers share."""
    from rdkit import Chem

    text = Chem.MolToSmiles(mol, isomericSmiles=False)
    # Hydrogens that were written for their stereo or isotope only go when it is read again.
    with muted_rdkit():
        again = Chem.MolFromSmiles(text)
    return text if again is None else Chem.MolToSmiles(again)
