"""Slow, obvious second implementation of the molecule features: SMARTS and loops, one atom or bond at a time.

Only for comparison with `processors`; shares no code and no table with it.
"""

from rdkit import Chem
from rdkit.Chem import BondStereo, BondType, ChiralType, HybridizationType

_FUNCTIONAL = [Chem.MolFromSmarts(smarts) for smarts in ("[!#6]", "*=,#*", "[CX4]([O,N,S])[O,N,S]")]
_BOND_TYPES = [BondType.SINGLE, BondType.DOUBLE, BondType.TRIPLE, BondType.AROMATIC]
_STEREO = [
    BondStereo.STEREONONE,
    BondStereo.STEREOZ,
    BondStereo.STEREOE,
    BondStereo.STEREOCIS,
    BondStereo.STEREOTRANS,
    BondStereo.STEREOANY,
]
_HYBRIDISATION = [
    HybridizationType.SP,
    HybridizationType.SP2,
    HybridizationType.SP3,
    HybridizationType.SP3D,
    HybridizationType.SP3D2,
]
_CHIRALITY = [ChiralType.CHI_UNSPECIFIED, ChiralType.CHI_TETRAHEDRAL_CW, ChiralType.CHI_TETRAHEDRAL_CCW]


def _position(values, value, other):
    return values.index(value) if value in values else other


def node_rows(mol) -> list[list[int]]:
    """(N, 9) atom features."""
    rows = []
    for atom in mol.GetAtoms():
        rows.append(
            [
                _position(list(range(1, 119)), atom.GetAtomicNum(), 118),
                _position(_CHIRALITY, atom.GetChiralTag(), 3),
                _position(list(range(11)), atom.GetTotalDegree(), 11),
                _position(list(range(-5, 6)), atom.GetFormalCharge(), 11),
                _position(list(range(9)), atom.GetTotalNumHs(), 9),
                _position(list(range(5)), atom.GetNumRadicalElectrons(), 5),
                _position(_HYBRIDISATION, atom.GetHybridization(), 5),
                int(atom.GetIsAromatic()),
                int(atom.IsInRing()),
            ]
        )
    return rows


def edge_rows(mol) -> tuple[list[list[int]], list[list[int]]]:
    """(E, 2) source and target, (E, 3) bond features; both directions of a bond, one after the other."""
    index, rows = [], []
    for bond in mol.GetBonds():
        begin, end = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        row = [
            _position(_BOND_TYPES, bond.GetBondType(), 4),
            _STEREO.index(bond.GetStereo()),
            int(bond.GetIsConjugated()),
        ]
        index += [[begin, end], [end, begin]]
        rows += [row, row]
    return index, rows


def motif_rows(smiles: str) -> list[list[int]]:
    """(M, 73) motif rows, sorted; empty where the model falls back."""
    mol = Chem.MolFromSmiles(Chem.MolToSmiles(Chem.MolFromSmiles(smiles), isomericSmiles=False))
    if mol is None or _falls_back(mol):
        return []
    return sorted(_motif_row(mol, atoms) for atoms in _chain_motifs(mol) + _ring_motifs(mol))


def _falls_back(mol) -> bool:
    for bond in mol.GetBonds():
        if bond.GetBondType() not in _BOND_TYPES or bond.GetStereo() not in _STEREO:
            return True
    return any(len(atom.GetNeighbors()) > 10 for atom in mol.GetAtoms())


def _chain_motifs(mol) -> list[set[int]]:
    functional = {
        atom for query in _FUNCTIONAL for match in mol.GetSubstructMatches(query, maxMatches=100_000) for atom in match
    }
    bonds = [(b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in mol.GetBonds() if not b.IsInRing()]
    groups = [{atom} for atom in functional]
    for begin, end in bonds:
        if begin in functional and end in functional:
            touched = [group for group in groups if begin in group or end in group]
            groups = [group for group in groups if group not in touched] + [set().union(*touched)]
    motifs = []
    for group in groups:
        around = {end for begin, end in bonds if begin in group} | {begin for begin, end in bonds if end in group}
        motifs.append(group | around)
    motifs += [{begin, end} for begin, end in bonds if begin not in functional and end not in functional]
    return [m for m in motifs if len(m) > 1 or not mol.GetAtomWithIdx(min(m)).IsInRing()]


def _ring_motifs(mol) -> list[set[int]]:
    rings = [set(ring) for ring in Chem.GetSymmSSSR(mol)]
    while True:
        pairs = ((a, b) for a in rings for b in rings if a is not b and len(a & b) > 2)
        found = next(pairs, None)
        if found is None:
            return rings
        rings = [ring for ring in rings if ring is not found[0] and ring is not found[1]] + [found[0] | found[1]]


def _motif_row(mol, atoms) -> list[int]:
    numbers = [mol.GetAtomWithIdx(atom).GetAtomicNum() for atom in atoms]
    bonds = [b for b in mol.GetBonds() if b.GetBeginAtomIdx() in atoms and b.GetEndAtomIdx() in atoms]
    types = [bond.GetBondType() for bond in bonds]
    row = []
    for number, most in ((6, 10), (8, 5), (7, 5), (15, 5), (16, 5)):
        row += _one_hot(numbers.count(number), most)
    row.append(int(any(number in (9, 17, 35, 53) for number in numbers)))
    row.append(int(any(number not in (6, 7, 8, 9, 15, 16, 17, 35, 53) for number in numbers)))
    for bond_type, most in zip(_BOND_TYPES, (10, 7, 7, 7), strict=True):
        row += _one_hot(types.count(bond_type), most)
    row.append(int(any(bond.IsInRing() for bond in bonds)))
    return row


def _one_hot(count: int, most: int) -> list[int]:
    return [int(min(count, most) == value) for value in range(most + 1)]
