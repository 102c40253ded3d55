"""Mutations of mol blocks (V2000, V3000) and of RDKit's own molecules."""

import re
from random import Random
from typing import Any

from tests.fuzz.smiles import STRANGE

_NUMBERS = (
    "-1",
    "0",
    "1",
    "2",
    "7",
    "8",
    "9",
    "15",
    "99",
    "999",
    "1e9",
    "-999",
    "65536",
    "4294967295",
    "nan",
    "inf",
    "x",
    "",
)
_SYMBOLS = ("A", "Q", "*", "R", "R#", "L", "D", "T", "X", "M", "Qq", "Pol", "LP", "Cl", "Fe", "Og", "H", "")
_PROPERTIES = (
    "M  CHG  1   1   1",
    "M  CHG  1   1  15",
    "M  CHG  9   1   1",
    "M  RAD  1   1   3",
    "M  ISO  1   1  13",
    "M  RGP  1   1   1",
    "M  ISO  1   1 999",
    "M  CHG  1 999   1",
    "M  ALS   1  2 F C   N   ",
    "M  STY  1   1 SRU",
    "M  SAL   1  1   1",
    "M  HYD  1   1   2",
    "M  ZCH  1   1   1",
    "M  SUB  1   1   3",
    "M  UNS  1   1   1",
    "M  RBC  1   1   3",
    "M  LIN  1   1   2   1   2",
    "A    1\nalias",
    "V    1 *",
    "M  V30 BEGIN SGROUP",
    "M  END",
    "S  SKP  9",
    "M  STY  1   1 DAT",
    "M  SED   1 text",
    "M  APO  1   1   3",
    "M  $3D",
)


def block_of(smiles: str, random: Random) -> str | None:
    """A mol block of a molecule, or None where it has none."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles) if smiles.isascii() and len(smiles) < 400 else None
        if mol is None:
            return None
        if random.random() < 0.2:
            mol = Chem.AddHs(mol)
        try:
            is_long = random.random() < 0.3 or mol.GetNumAtoms() > 900
            return Chem.MolToMolBlock(mol, forceV3000=is_long, kekulize=random.random() < 0.9)
        except (ValueError, RuntimeError):
            return None


def mutate_block(block: str, random: Random) -> str:
    """None to four mutations."""
    for _ in range(random.choice((0, 1, 1, 1, 2, 4))):
        block = random.choice(_MUTATIONS)(block, random)
    return block


def _line(block: str, random: Random) -> str:
    lines = block.split("\n")
    place, other = random.randrange(len(lines)), random.randrange(len(lines))
    kind = random.choice(("drop", "twice", "swap", "cut", "empty"))
    if kind == "drop":
        del lines[place]
    elif kind == "twice":
        lines.insert(place, lines[other])
    elif kind == "swap":
        lines[place], lines[other] = lines[other], lines[place]
    else:
        lines[place] = "" if kind == "empty" else lines[place][: random.randint(0, len(lines[place]))]
    return "\n".join(lines)


def _number(block: str, random: Random) -> str:
    found = list(re.finditer(r" *-?\d+", block))
    if not found:
        return block
    spot, new = random.choice(found), random.choice(_NUMBERS)
    return block[: spot.start()] + new.rjust(len(spot[0])) + block[spot.end() :]


def _symbol(block: str, random: Random) -> str:
    found = list(re.finditer(r"(?<= )[A-Z][a-z]?(?= )", block))
    if not found:
        return block
    spot = random.choice(found)
    return block[: spot.start()] + random.choice(_SYMBOLS).ljust(len(spot[0])) + block[spot.end() :]


def _property(block: str, random: Random) -> str:
    return block.replace("M  END", f"{random.choice(_PROPERTIES)}\nM  END", 1)


def _cut(block: str, random: Random) -> str:
    return block[: random.randint(0, len(block))]


def _letter(block: str, random: Random) -> str:
    place = random.randint(0, len(block))
    return block[:place] + random.choice(STRANGE) + block[place + random.choice((0, 1)) :]


def _ends(block: str, random: Random) -> str:
    return block.replace("\n", random.choice(("\r\n", "\r", "\n\n", "\x85")))


_MUTATIONS = (_line, _line, _number, _number, _number, _symbol, _property, _property, _cut, _letter, _ends)


def own_mol(smiles: str, random: Random) -> Any:
    """An RDKit molecule that was edited without being sanitised, or None."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        mol = (
            Chem.MolFromSmiles(smiles, sanitize=random.random() < 0.5)
            if smiles.isascii() and len(smiles) < 400
            else None
        )
        if mol is None or not mol.GetNumAtoms():
            return mol
        mol = Chem.RWMol(mol)
        for _ in range(random.choice((0, 1, 1, 2, 4))):
            _edit(mol, random)
    return mol.GetMol() if random.random() < 0.5 else mol


def _edit(mol: Any, random: Random):
    from rdkit import Chem

    atom = mol.GetAtomWithIdx(random.randrange(mol.GetNumAtoms()))
    other = random.randrange(mol.GetNumAtoms())
    kind = random.randrange(10)
    if kind == 0:
        atom.SetAtomicNum(random.choice((0, 1, 5, 7, 26, 118)))
    elif kind == 1:
        atom.SetFormalCharge(random.randint(-6, 8))
    elif kind == 2:
        atom.SetNumExplicitHs(random.randint(0, 12))
    elif kind == 3:
        atom.SetNumRadicalElectrons(random.randint(0, 8))
    elif kind == 4:
        atom.SetIsAromatic(not atom.GetIsAromatic())
    elif kind == 5:
        atom.SetChiralTag(random.choice(list(Chem.ChiralType.values.values())))
    elif kind == 6 and atom.GetIdx() != other:
        if mol.GetBondBetweenAtoms(atom.GetIdx(), other) is None:
            mol.AddBond(atom.GetIdx(), other, random.choice(list(Chem.BondType.values.values())))
    elif kind == 7 and mol.GetNumAtoms() > 1:
        mol.RemoveAtom(other)
    elif kind == 8 and mol.GetNumBonds():
        bond = mol.GetBondWithIdx(random.randrange(mol.GetNumBonds()))
        bond.SetBondType(random.choice(list(Chem.BondType.values.values())))
    elif kind == 9 and mol.GetNumBonds():
        bond = mol.GetBondWithIdx(random.randrange(mol.GetNumBonds()))
        names = ("STEREONONE", "STEREOANY", "STEREOZ", "STEREOE", "STEREOATROPCW", "STEREOATROPCCW")
        try:
            bond.SetStereo(getattr(Chem.BondStereo, random.choice(names)))
        except RuntimeError:
            bond.SetStereo(Chem.BondStereo.STEREOANY)
