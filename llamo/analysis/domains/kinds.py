"""Kinds of molecules by stated rules, each checkable by hand. Knows prepared rows and RDKit, no model.

Elements, charges and sizes are read from the prepared graphs; only molecules of middle size need RDKit, for the
natural-product-likeness of Ertl et al. 2008, https://doi.org/10.1021/ci700286x (RDKit's contributed model).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr
from functools import cache
from io import StringIO
from typing import Any

import numpy as np

from llamo.compact.tensors import TensorRows
from llamo.tasks.splitting import read_molecule

# In the order in which they are asked; the first that holds is the molecule's kind. Molecules of more than 80 heavy
# atoms are of none.
RULES = {
    "metal": "an atom of a metal, as an ion too",
    "charged": "no metal, net charge not 0",
    "small": "neutral, no metal, at most 15 heavy atoms",
    "large": "neutral, no metal, 40 to 80 heavy atoms",
    "natural": "neutral, no metal, 16 to 39 heavy atoms, natural-product-likeness at least 1",
    "synthetic": "neutral, no metal, 16 to 39 heavy atoms, natural-product-likeness at most -0.5",
}
MOST_SMALL, FEWEST_LARGE, MOST_LARGE = 15, 40, 80
NATURAL, SYNTHETIC = 1.0, -0.5
# Elements that are no metal, by atomic number: H, He, B, C, N, O, F, Ne, Si, P, S, Cl, Ar, Ge, As, Se, Br, Kr, Sb, Te,
# I, Xe, At, Rn.
_NO_METALS = np.array([1, 2, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 32, 33, 34, 35, 36, 51, 52, 53, 54, 85, 86])
_LARGEST_ELEMENT = 118
# Columns of the prepared atoms, and the place of charge 0 in its column.
_ELEMENT, _CHARGE, _NEUTRAL = 0, 3, 5


def coarse_kinds(rows: TensorRows) -> np.ndarray:
    """The kind of each row's molecule as far as its graph tells: "middle" is natural, synthetic or neither.

    Rows about no molecule, several or a larger one are "".
    """
    nodes = rows.graphs["node_ids"]
    metal, charge = np.empty(len(nodes), bool), np.empty(len(nodes), int)
    for molecule in range(len(nodes)):
        atoms = nodes[molecule]
        elements = atoms[:, _ELEMENT].astype(int) + 1
        metal[molecule] = (~np.isin(elements, _NO_METALS) & (elements <= _LARGEST_ELEMENT)).any()
        charge[molecule] = (atoms[:, _CHARGE].astype(int) - _NEUTRAL).sum()
    size = np.diff(nodes.starts)
    known = np.select(
        [size > MOST_LARGE, metal, charge != 0, size <= MOST_SMALL, size >= FEWEST_LARGE],
        ["", "metal", "charged", "small", "large"],
        "middle",
    )
    single = np.diff(rows.molecules.starts) == 1
    found = np.full(len(rows), "", known.dtype)
    found[single] = known[rows.molecules.values[rows.molecules.starts[:-1][single]]]
    return found


def kind_of(smiles: str) -> str:
    """The kind of one molecule; "" is none.

    Raises:
        MoleculeError: it cannot be read.
    """
    from rdkit import Chem

    mol = read_molecule(smiles)
    size = mol.GetNumHeavyAtoms()
    if size > MOST_LARGE:
        return ""
    if any(atom.GetAtomicNum() not in _NO_METALS and atom.GetAtomicNum() for atom in mol.GetAtoms()):
        return "metal"
    if Chem.GetFormalCharge(mol):
        return "charged"
    if size <= MOST_SMALL or size >= FEWEST_LARGE:
        return "small" if size <= MOST_SMALL else "large"
    return likeness(smiles)


def likeness(smiles: str) -> str:
    """ "natural", "synthetic" or, between the two, "" for a molecule of middle size."""
    score = _natural_product_score()
    found = score(read_molecule(smiles))
    return "natural" if found >= NATURAL else "synthetic" if found <= SYNTHETIC else ""


@cache
def _natural_product_score() -> Callable[[Any], float]:
    from importlib import import_module

    try:
        scorer = import_module("rdkit.Contrib.NP_Score.npscorer")
    except ModuleNotFoundError as error:
        raise ValueError("this RDKit comes without its contributed code; `pip install rdkit` brings it") from error
    with redirect_stderr(StringIO()):  # it tells that it reads
        fragments = scorer.readNPModel()
    return lambda mol: scorer.scoreMol(mol, fragments)


def spellings(rows: TensorRows, numbers: Sequence[int], tokenizer: Any) -> list[str]:
    """The SMILES that rows write."""
    places = [(number, *rows.written[number].tolist()) for number in numbers]
    return [text.strip() for text in tokenizer.batch_decode([rows.ids[row][start:end] for row, start, end in places])]


def by_kind(rows: TensorRows, numbers: np.ndarray, tokenizer: Any, *, most: int) -> dict[str, dict[int, str]]:
    """Rows of each kind with their SMILES, the first `most` of each; rows of no kind are left out.

    Args:
        rows: each about one molecule.
        numbers: which of them, in order.
        tokenizer: that wrote them.
        most: of a kind; those of middle size are not looked at any further once there are so many of both.
    """
    coarse = coarse_kinds(rows)
    found: dict[str, dict[int, str]] = {name: {} for name in RULES}
    for name in ("metal", "charged", "small", "large"):
        chosen = numbers[coarse[numbers] == name][:most].tolist()
        found[name] = dict(zip(chosen, spellings(rows, chosen, tokenizer), strict=True))
    for number, smiles in _middle(rows, numbers[coarse[numbers] == "middle"], tokenizer):
        name = likeness(smiles)
        if name in found and len(found[name]) < most:
            found[name][number] = smiles
        if min(len(found[name]) for name in ("natural", "synthetic")) >= most:
            break
    return found


def _middle(rows: TensorRows, numbers: np.ndarray, tokenizer: Any) -> Iterator[tuple[int, str]]:
    for start in range(0, len(numbers), 1000):
        chosen = numbers[start : start + 1000].tolist()
        yield from zip(chosen, spellings(rows, chosen, tokenizer), strict=True)
