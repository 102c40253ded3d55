"""From what users have (SMILES, RDKit molecules, mol blocks) to a sanitised RDKit molecule, or a clear error."""

import logging
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdkit.Chem import Mol

# Characters of a bad input that an error message shows.
_SHOWN = 80


class MoleculeError(ValueError):
    """A molecule that cannot be read: row, value, reason and remedy in one line."""

    def __init__(self, value: Any, reason: str, remedy: str, row: int | None = None):
        shown = repr(value) if isinstance(value, str) else f"a {type(value).__name__}"
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}.. ({len(shown) - 2} characters)"
        place = "" if row is None else f"row {row}: "
        super().__init__(f"{place}cannot read molecule {shown}: {reason}; {remedy}")
        self.value, self.reason, self.remedy, self.row = value, reason, remedy, row

    def __reduce__(self):
        return (type(self), (self.value, self.reason, self.remedy, self.row))


class _Listener(logging.Handler):
    def __init__(self):
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord):
        self.messages.append(record.getMessage())


@contextmanager
def rdkit_messages():
    """Catches what RDKit would print about a molecule; its log is as before afterwards."""
    from rdkit import rdBase

    listener, logger = _Listener(), logging.getLogger("rdkit")
    state = logger.handlers, logger.propagate, logger.level
    rdBase.LogToPythonLogger()
    logger.handlers, logger.propagate = [listener], False
    logger.setLevel(logging.WARNING)
    try:
        yield listener.messages
    finally:
        logger.handlers, logger.propagate = state[:2]
        logger.setLevel(state[2])
        rdBase.LogToCppStreams()


@contextmanager
def muted_rdkit():
    """Keeps RDKit from printing; its log is as before afterwards."""
    from rdkit import rdBase

    blocker = rdBase.BlockLogs()
    try:
        yield
    finally:
        del blocker


def parse(molecule: Any, *, row: int | None = None, max_atoms: int | None = None) -> "Mol":
    """A sanitised RDKit molecule.

    Args:
        molecule: SMILES, mol block (V2000 or V3000), or an RDKit `Mol`, which is left as it is.
        row: number that an error names.
        max_atoms: refuse larger molecules.

    Raises:
        MoleculeError: not readable, empty, without atoms, too large, or of another type.
    """
    from rdkit import Chem

    if isinstance(molecule, str):
        mol = _parse_text(molecule, row)
    elif isinstance(molecule, Chem.Mol):
        mol = Chem.Mol(molecule)
        try:
            Chem.SanitizeMol(mol)
        except Exception as error:
            raise MoleculeError(molecule, str(error).strip(), "correct the molecule", row) from None
    else:
        raise MoleculeError(
            molecule, "this is no molecule", "pass a SMILES, an RDKit Mol, a mol block, or graph tensors", row
        )
    atoms = mol.GetNumAtoms()
    if atoms == 0:
        raise MoleculeError(molecule, "it has no atoms", "pass a molecule with at least one atom", row)
    if max_atoms is not None and atoms > max_atoms:
        raise MoleculeError(molecule, f"it has {atoms} atoms, max_atoms is {max_atoms}", "raise max_atoms", row)
    return mol


def _parse_text(text: str, row: int | None) -> "Mol":
    from rdkit import Chem

    if not text.strip():
        raise MoleculeError(text, "it is empty", "pass a SMILES such as 'CCO'", row)
    is_block = "\n" in text and "M  END" in text
    if not is_block and len(text.split()) > 1:
        raise MoleculeError(text, "text follows the SMILES", "pass the SMILES alone, without a name behind it", row)
    read = Chem.MolFromMolBlock if is_block else Chem.MolFromSmiles
    with muted_rdkit():
        mol = read(text)
    if mol is None:
        raise MoleculeError(text, _reason(read, text), "check the structure and its valences", row)
    return mol


def _reason(read: Any, text: str) -> str:
    """RDKit's own words about a text it refuses."""
    with rdkit_messages() as messages:
        read(text)
    lines = [line.strip() for message in messages for line in message.splitlines()]
    lines = [re.sub(r"^\[\d\d:\d\d:\d\d\]\s*", "", line) for line in lines]
    telling = [line for line in lines if line and not re.fullmatch(r"[-~^|\s]*", line)]
    return telling[0].rstrip(".:") if telling else "RDKit refuses it without a reason"


def without_stereo(smiles: str) -> str:
    """The same molecule's canonical SMILES without stereo and isotopes."""
    from rdkit import Chem

    return Chem.MolToSmiles(Chem.MolFromSmiles(smiles), isomericSmiles=False)
