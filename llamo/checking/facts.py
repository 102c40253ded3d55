"""What RDKit knows about a molecule, as sets of values: all that usual definitions give. Knows no text.

Chemists count differently (hydrogen bond acceptors, rotatable bonds, rings of a cage; with or without the
counter ion of a salt). A value is right if any usual way to count gives it.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any, cast

from rdkit import Chem
from rdkit.Chem import Descriptors, rdMolDescriptors
from rdkit.Chem.MolStandardize import rdMolStandardize

from llamo.checking.groups import Group
from processors.molecule import muted_rdkit, parse

# Heavy atoms of what may be called the molecule of a salt.
_SMALLEST_PARENT = 3
ELEMENTS = {
    "hydrogen": "H", "boron": "B", "carbon": "C", "nitrogen": "N", "oxygen": "O", "fluorine": "F", "silicon": "Si",
    "phosphorus": "P", "sulfur": "S", "sulphur": "S", "chlorine": "Cl", "selenium": "Se",
    "bromine": "Br", "iodine": "I",
}  # fmt: skip


class Facts:
    """Of one molecule.

    Args:
        smiles: of it.

    Raises:
        MoleculeError: it cannot be read.
    """

    def __init__(self, smiles: str):
        self.mol = parse(smiles)
        self.forms = [self.mol, *_parents(self.mol)]
        self._groups: dict[str, tuple[int, int]] = {}

    def counts(self, key: str) -> frozenset[int]:
        """All usual counts of something that `COUNTS` or `ELEMENTS` names."""
        count = COUNTS.get(key) or (lambda mol: [atoms(mol)[ELEMENTS[key]]])
        return frozenset(number for form in self.forms for number in count(form))

    def groups(self, group: Group) -> tuple[int, int]:
        """Fewest and most that somebody may count."""
        if group.name not in self._groups:
            self._groups[group.name] = min(map(group.fewest, self.forms)), max(map(group.most, self.forms))
        return self._groups[group.name]

    @cached_property
    def formulas(self) -> list[Counter[str]]:
        """Atoms by element; deuterium is hydrogen."""
        return [atoms(form) for form in self.forms]

    @cached_property
    def formula(self) -> str:
        """As RDKit writes it."""
        return rdMolDescriptors.CalcMolFormula(self.mol)

    @cached_property
    def masses(self) -> list[float]:
        """Average and monoisotopic, with isotopes as written and natural, Da."""
        forms = [*self.forms, *map(_without_isotopes, self.forms)]
        return [weigh(form) for form in forms for weigh in (average_mass, exact_mass)]

    @cached_property
    def polar_areas(self) -> list[float]:
        """Topological polar surface area without and with sulfur and phosphorus, square angstrom."""
        return [
            rdMolDescriptors.CalcTPSA(form, includeSandP=with_all) for form in self.forms for with_all in (False, True)
        ]

    @cached_property
    def charge(self) -> int:
        """Net charge of the whole."""
        return Chem.GetFormalCharge(self.mol)

    @cached_property
    def charges(self) -> set[int]:
        """Net charges: of the whole and of each of its fragments."""
        fragments = Chem.GetMolFrags(self.mol, asMols=True, sanitizeFrags=False)
        return {self.charge, *map(Chem.GetFormalCharge, fragments)}

    @cached_property
    def signs(self) -> set[int]:
        """Signs of charged atoms, those of nitro groups and the like left out."""
        return {1 if atom.GetFormalCharge() > 0 else -1 for atom in self.mol.GetAtoms() if _is_ion(atom)}

    @cached_property
    def chirality(self) -> set[bool] | None:
        """Whether it, or a parent of it, differs from its mirror image; None where centres are not specified."""
        if any(label == "?" for _, label in _centres(self.mol)):
            return None
        return {Chem.MolToSmiles(form) != Chem.MolToSmiles(mirrored(form)) for form in self.forms}


@lru_cache(maxsize=1024)
def facts_of(smiles: str) -> Facts:
    """Facts of a molecule, kept for the next who asks.

    Raises:
        MoleculeError: it cannot be read.
    """
    return Facts(smiles)


def atoms(mol: Chem.Mol) -> Counter[str]:
    """Atoms by element, hydrogens too."""
    found: Counter[str] = Counter()
    for atom in mol.GetAtoms():
        found[atom.GetSymbol()] += 1
        found["H"] += atom.GetTotalNumHs()
    return +found


def average_mass(mol: Chem.Mol) -> float:
    """Molecular weight, Da."""
    return cast(Any, Descriptors).MolWt(mol)


def exact_mass(mol: Chem.Mol) -> float:
    """Monoisotopic mass, Da."""
    return cast(Any, Descriptors).ExactMolWt(mol)


def mirrored(mol: Chem.Mol) -> Chem.Mol:
    """The mirror image."""
    swapped = {Chem.CHI_TETRAHEDRAL_CW: Chem.CHI_TETRAHEDRAL_CCW, Chem.CHI_TETRAHEDRAL_CCW: Chem.CHI_TETRAHEDRAL_CW}
    image = Chem.Mol(mol)
    for atom in image.GetAtoms():
        atom.SetChiralTag(swapped.get(atom.GetChiralTag(), atom.GetChiralTag()))
    Chem.AssignStereochemistry(image, cleanIt=True, force=True)
    return image


def _parents(mol: Chem.Mol) -> list[Chem.Mol]:
    """Of a salt, what chemists may call the molecule: its fragments, charged as they are and neutral."""
    fragments = Chem.GetMolFrags(mol, asMols=True)
    if len(fragments) == 1:
        return []
    different = {Chem.MolToSmiles(one): one for one in fragments if one.GetNumHeavyAtoms() >= _SMALLEST_PARENT}
    with muted_rdkit():
        neutral = [rdMolStandardize.Uncharger().uncharge(one) for one in different.values()]
    return [*different.values(), *neutral]


def _without_isotopes(mol: Chem.Mol) -> Chem.Mol:
    plain = Chem.Mol(mol)
    for atom in plain.GetAtoms():
        atom.SetIsotope(0)
    return plain


def _span(numbers: Iterable[int]) -> Iterable[int]:
    """All numbers from the lowest to the highest: definitions that nobody here knows lie between."""
    known = list(numbers)
    return range(min(known), max(known) + 1)


def _is_ion(atom: Chem.Atom) -> bool:
    """A charged atom without an opposite charge beside it."""
    charge = atom.GetFormalCharge()
    return charge != 0 and all(other.GetFormalCharge() * charge >= 0 for other in atom.GetNeighbors())


def _centres(mol: Chem.Mol) -> list[tuple[int, str]]:
    return Chem.FindMolChiralCenters(mol, includeUnassigned=True, useLegacyImplementation=False)


def _stereocentres(mol: Chem.Mol) -> Iterable[int]:
    for legacy in (False, True):
        found = Chem.FindMolChiralCenters(mol, includeUnassigned=True, useLegacyImplementation=legacy)
        yield len(found)
        yield sum(label != "?" for _, label in found)


def _rings(mol: Chem.Mol) -> Iterable[int]:
    """Smallest set, symmetric set, and the number of bonds to cut until no ring is left."""
    yield mol.GetRingInfo().NumRings()
    yield len(Chem.GetSymmSSSR(mol))
    yield mol.GetNumBonds() - mol.GetNumAtoms() + len(Chem.GetMolFrags(mol))


def _ring_systems(mol: Chem.Mol) -> Iterable[int]:
    """Rings that share atoms are one; that share bonds are one."""
    rings = mol.GetRingInfo()
    for members in (rings.AtomRings(), rings.BondRings()):
        systems: list[set[int]] = []
        for ring in map(set, members):
            touching = [system for system in systems if system & ring]
            systems = [system for system in systems if not system & ring] + [ring.union(*touching)]
        yield len(systems)


def _rings_of(size: int) -> Callable[[Chem.Mol], Iterable[int]]:
    return lambda mol: [sum(len(ring) == size for ring in mol.GetRingInfo().AtomRings())]


def _double_bonds(mol: Chem.Mol) -> Iterable[int]:
    """Between carbons, and all, each outside aromatic rings and as written in one Kekule form."""
    kekule = Chem.Mol(mol)
    Chem.Kekulize(kekule, clearAromaticFlags=True)
    for form in (mol, kekule):
        double = [bond for bond in form.GetBonds() if bond.GetBondType() == Chem.BondType.DOUBLE]
        yield len(double)
        yield sum(bond.GetBeginAtom().GetAtomicNum() == bond.GetEndAtom().GetAtomicNum() == 6 for bond in double)


def _rotatable(mol: Chem.Mol) -> Iterable[int]:
    modes = rdMolDescriptors.NumRotatableBondsOptions
    kinds = (modes.Strict, modes.NonStrict, modes.StrictLinkages)
    return _span(rdMolDescriptors.CalcNumRotatableBonds(mol, kind) for kind in kinds)


def _donors(mol: Chem.Mol) -> int:
    """Atoms N or O that carry a hydrogen."""
    return sum(atom.GetAtomicNum() in (7, 8) and atom.GetTotalNumHs() > 0 for atom in mol.GetAtoms())


COUNTS: dict[str, Callable[[Chem.Mol], Iterable[int]]] = {
    "rings": _rings,
    "ring systems": _ring_systems,
    "aromatic rings": lambda mol: [rdMolDescriptors.CalcNumAromaticRings(mol)],
    "aliphatic rings": lambda mol: [
        rdMolDescriptors.CalcNumAliphaticRings(mol),
        rdMolDescriptors.CalcNumSaturatedRings(mol),
    ],
    "heterocycles": lambda mol: [rdMolDescriptors.CalcNumHeterocycles(mol)],
    "five-membered rings": _rings_of(5),
    "six-membered rings": _rings_of(6),
    "atoms": lambda mol: [mol.GetNumHeavyAtoms(), sum(atoms(mol).values())],
    "heavy atoms": lambda mol: [mol.GetNumHeavyAtoms()],
    "halogen atoms": lambda mol: [sum(atom.GetSymbol() in ("F", "Cl", "Br", "I", "At") for atom in mol.GetAtoms())],
    "hydrogen bond donors": lambda mol: _span(
        (rdMolDescriptors.CalcNumHBD(mol), rdMolDescriptors.CalcNumLipinskiHBD(mol), _donors(mol))
    ),
    "hydrogen bond acceptors": lambda mol: _span(
        (rdMolDescriptors.CalcNumHBA(mol), rdMolDescriptors.CalcNumLipinskiHBA(mol))
    ),
    "rotatable bonds": _rotatable,
    "stereocentres": _stereocentres,
    "double bonds": _double_bonds,
}
