"""From what users have (SMILES, RDKit molecules, mol blocks) to a sanitised RDKit molecule, or a clear error."""

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# Characters of a bad input that an error message shows.
_SHOWN = 80
_BLOCK_MARKS = ("M  END", "V2000", "V3000")
# The largest molecule that is read where nobody gives another number. RDKit's canonical SMILES take time of the atoms
# squared, and from some 25,000 atoms in a chain its recursion overruns the stack, which ends the process.
MAX_ATOMS = 5_000
# Characters of a text for each atom that is allowed, and for what stands around them.
_LETTERS_PER_ATOM, _LETTERS_BESIDE = 200, 2_000
# Rings that are allowed: so many, and one for so many atoms that are allowed. RDKit takes seconds for 500 rings that
# share their bonds, minutes for 1,000, and overruns its stack beyond. C60 has 31, a peptide one for 20 atoms.
_RINGS, _ATOMS_PER_RING = 100, 12
# NUL ends a text for some of RDKit's readers and is skipped by others; half of a surrogate pair is no letter.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


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
        max_atoms: refuse larger molecules; None is `MAX_ATOMS`.

    Raises:
        MoleculeError: not readable, empty, without atoms, too large, or of another type.
    """
    most = MAX_ATOMS if max_atoms is None else max_atoms
    mol = _parse_text(molecule, most, row) if isinstance(molecule, str) else _sanitised_copy(molecule, most, row)
    check_size(molecule, mol.GetNumAtoms(), most, row)
    return mol


def check_size(molecule: Any, atoms: int, max_atoms: int | None, row: int | None):
    """Raises a `MoleculeError` for no atoms, or more than allowed."""
    if atoms == 0:
        raise MoleculeError(molecule, "it has no atoms", "pass a molecule with at least one atom", row)
    if max_atoms is not None and atoms > max_atoms:
        raise MoleculeError(molecule, f"it has {atoms} atoms, max_atoms is {max_atoms}", "raise max_atoms", row)


def _sanitised_copy(molecule: Any, max_atoms: int, row: int | None) -> "Mol":
    from rdkit import Chem

    if not isinstance(molecule, Chem.Mol):
        raise MoleculeError(
            molecule, "this is no molecule", "pass a SMILES, an RDKit Mol, a mol block, or graph tensors", row
        )
    _check_graph(molecule, molecule, max_atoms, row)
    mol, is_raw = Chem.Mol(molecule), molecule.NeedsUpdatePropertyCache()
    try:
        with muted_rdkit():
            Chem.SanitizeMol(mol)
            _check_labels(mol, row)
            if is_raw:  # parsed without sanitising, so without stereo labels of double bonds
                Chem.AssignStereochemistry(mol, cleanIt=True, force=True)
    except MoleculeError:
        raise
    except (ValueError, RuntimeError) as error:  # the latter for bond types that RDKit has no valence for
        raise MoleculeError(molecule, _one_line(str(error)), "correct the molecule", row) from None
    return mol


def _check_labels(mol: "Mol", row: int | None):
    """Refuses labels that contradict the rest of a hand-made molecule; RDKit believes them, or its process ends."""
    from rdkit.Chem import BondStereo, BondType, ChiralType

    for atom in mol.GetAtoms():
        if atom.GetChiralTag() == ChiralType.CHI_OTHER and atom.IsInRing():
            reason = f"atom {atom.GetIdx()} has the chiral tag CHI_OTHER in a ring, where RDKit cannot read it"
            raise MoleculeError(mol, reason, "remove the tag (atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED))", row)
    for bond in mol.GetBonds():
        kind, stereo = bond.GetBondType(), bond.GetStereo()
        if stereo == BondStereo.STEREONONE or kind == BondType.DOUBLE:
            continue
        if len(bond.GetStereoAtoms()) != 2:
            reason = f"bond {bond.GetIdx()} is {kind} and has the stereo label {stereo} without stereo atoms"
            raise MoleculeError(mol, reason, "remove the label (bond.SetStereo(Chem.BondStereo.STEREONONE))", row)


def _parse_text(text: str, max_atoms: int, row: int | None) -> "Mol":
    from rdkit import Chem, rdBase

    if not text.strip():
        raise MoleculeError(text, "it is empty", "pass a SMILES such as 'CCO'", row)
    is_block = "\n" in text and any(mark in text for mark in _BLOCK_MARKS)
    if not is_block and len(text.split()) > 1:
        raise MoleculeError(text, "text follows the SMILES", "pass the SMILES alone, without a name behind it", row)
    if not is_block and not text.isascii():  # RDKit reads on after dropping such a letter
        strange = next(letter for letter in text if not letter.isascii())
        raise MoleculeError(text, f"SMILES have no {strange!r}", "write it in ASCII", row)
    if strange := _NO_TEXT.search(text if is_block else text.strip()):
        raise MoleculeError(text, f"it holds {strange[0]!r}, which is no text", "check the file and its encoding", row)
    if (text.count("\n") if is_block else len(text) / 2) > min(max_atoms / 2, _most_rings(max_atoms)):
        _check_before_reading(text, is_block, max_atoms, row)
    muted = rdBase.BlockLogs()  # until it is deleted: `with` would take as long again
    mol = Chem.MolFromMolBlock(text) if is_block else Chem.MolFromSmiles(text)
    del muted
    if mol is None:
        raise MoleculeError(text, _reason(text, is_block), "check the structure and its valences", row)
    return mol


def _check_before_reading(text: str, is_block: bool, max_atoms: int, row: int | None):
    """Counts atoms and rings before RDKit looks for rings, aromaticity and stereo, which may take it too long.

    Only long texts are read twice: in SMILES an atom takes a letter at least and a ring two, in blocks a line.
    """
    from rdkit import Chem

    most = _LETTERS_PER_ATOM * max_atoms + _LETTERS_BESIDE
    if len(text) > most:
        reason = f"it has {len(text)} characters, at most {most} are read where max_atoms is {max_atoms}"
        raise MoleculeError(text, reason, "raise max_atoms", row)
    with muted_rdkit():
        raw = Chem.MolFromMolBlock(text, False, False) if is_block else Chem.MolFromSmiles(text, False)
    if raw is not None:
        _check_graph(text, raw, max_atoms, row)


def _check_graph(molecule: Any, mol: "Mol", max_atoms: int, row: int | None):
    """Refuses what has too many atoms or rings."""
    from rdkit import Chem

    atoms, bonds = mol.GetNumAtoms(), mol.GetNumBonds()
    if atoms > max_atoms and isinstance(molecule, str):  # hydrogens of a text may go
        atoms = sum(atom.GetAtomicNum() != 1 for atom in mol.GetAtoms()) or 1
    check_size(molecule, atoms, max_atoms, row)
    if bonds <= (most := _most_rings(max_atoms)):
        return
    rings = bonds - mol.GetNumAtoms() + len(Chem.GetMolFrags(mol))
    if rings > most:
        reason = f"it has {rings} rings, at most {most} are read where max_atoms is {max_atoms}"
        raise MoleculeError(molecule, reason, "raise max_atoms", row)


def _most_rings(max_atoms: int) -> int:
    return _RINGS + max_atoms // _ATOMS_PER_RING


def _reason(text: str, is_block: bool) -> str:
    """RDKit's own words about a text it refuses."""
    lines = [re.sub(r"^\[[\d:]+\]\s*", "", line).strip() for line in _rdkit_log(text, is_block).splitlines()]
    telling = [line for line in lines if re.search(r"[a-z]{3}", line) and "Post-condition" not in line]
    return _one_line(telling[0].removeprefix("ERROR: ")) if telling else "RDKit refuses it without a reason"


def _rdkit_log(text: str, is_block: bool) -> str:
    from rdkit import Chem, rdBase

    if not hasattr(rdBase, "CaptureErrorLog"):  # releases before 2026.03, which `benchmarks.rdkit_versions` compares
        return ""
    with rdBase.CaptureErrorLog() as log:
        if is_block:  # reading it as a file puts the reason in the error log
            supplier = Chem.SDMolSupplier()
            supplier.SetData(text)
            next(supplier, None)
        else:
            Chem.MolFromSmiles(text)
    try:
        return log.messages
    except UnicodeDecodeError:  # it cut a line of the block within a letter
        return ""


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
