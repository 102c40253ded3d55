"""Graphs that users have made already: PyG `Data` and mappings of tensors, checked before they are believed."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from processors.graph import MoleculeGraph
from processors.molecule import MoleculeError, muted_rdkit
from processors.vocabulary import BOND_VOCAB_SIZES, MOTIF_VOCAB_SIZE, NUM_CHIRALITY_TAGS, atom_vocab_sizes

_NO_MOTIFS = "ready-made graph without motif rows"


def is_ready_made(molecule: Any) -> bool:
    """Whether this is a PyG `Data` (by its attributes; PyG is not imported) or a mapping of graph tensors."""
    if isinstance(molecule, Mapping):
        return True
    return hasattr(molecule, "edge_index") and hasattr(molecule, "x")


def from_tensors(
    molecule: Any, *, num_chirality_tags: int = NUM_CHIRALITY_TAGS, row: int | None = None
) -> MoleculeGraph:
    """A graph from ready-made tensors in LLaMo's features.

    Args:
        molecule: a PyG `Data` with `x` (N, 9), `edge_index` (2, E), `edge_attr` (E, 3), optionally `motif` (M, 73);
            or a mapping with `node_ids` (N, 9), `edge_index` (E, 2), `edge_ids` (E, 3), optionally `motif_features`
            and `smiles`.
        num_chirality_tags: rows of the encoder's chirality table, 3, 4 or 5.
        row: number that an error names.

    Raises:
        MoleculeError: a tensor is missing, has another shape, or a value no embedding exists for; or `smiles` is that
            of another molecule.
    """
    parts, smiles = _parts(molecule, row)
    _check_smiles(molecule, smiles, parts["node_ids"], row)
    motifs = parts.pop("motif_features")
    arrays = {name: _integers(molecule, name, value, row) for name, value in parts.items()}
    nodes = arrays["node_ids"]
    index, edges = (
        _rows(arrays[name], width) for name, width in (("edge_index", 2), ("edge_ids", len(BOND_VOCAB_SIZES)))
    )
    if nodes.size == 0:
        raise MoleculeError(molecule, "it has no atoms", "pass a graph with at least one atom", row)
    _check_table(molecule, "node_ids", nodes, atom_vocab_sizes(num_chirality_tags), row)
    _check_table(molecule, "edge_ids", edges, BOND_VOCAB_SIZES, row)
    _check_edges(molecule, index, edges, len(nodes), row)
    if motifs is None:
        return MoleculeGraph(nodes, index, edges, np.zeros((0, MOTIF_VOCAB_SIZE), np.uint8), smiles, _NO_MOTIFS)
    motifs = _integers(molecule, "motif_features", motifs, row)
    if (
        motifs.ndim != 2
        or motifs.shape[1] != MOTIF_VOCAB_SIZE
        or (len(motifs) and not 0 <= motifs.min() <= motifs.max() <= 1)
    ):
        raise MoleculeError(
            molecule, f"motif rows must be (M, {MOTIF_VOCAB_SIZE}) of 0 and 1, got {motifs.shape}", "correct them", row
        )
    return MoleculeGraph(nodes, index, edges, motifs.astype(np.uint8), smiles, None if len(motifs) else _NO_MOTIFS)


def _parts(molecule: Any, row: int | None) -> tuple[dict[str, Any], str | None]:
    """The tensors under our names, and the SMILES if it comes with them."""
    if isinstance(molecule, Mapping):
        names = ("node_ids", "edge_index", "edge_ids", "motif_features")
        return {name: molecule.get(name) for name in names}, molecule.get("smiles")
    index = molecule.edge_index
    if index is not None:
        index = _integers(molecule, "edge_index", index, row)
        if index.ndim == 0 or len(index) != 2:
            raise MoleculeError(molecule, f"edge_index must be (2, E), got {index.shape}", "transpose it", row)
    return {
        "node_ids": molecule.x,
        "edge_index": None if index is None else index.T,
        "edge_ids": getattr(molecule, "edge_attr", None),
        "motif_features": getattr(molecule, "motif", None),
    }, None


def _check_smiles(molecule: Any, smiles: Any, nodes: Any, row: int | None):
    """Prompts write this text, so it must be SMILES, and of as many atoms as the graph has."""
    if smiles is None:
        return
    from rdkit import Chem

    mol = None
    if isinstance(smiles, str) and smiles.isascii() and smiles.isprintable() and " " not in smiles:
        with muted_rdkit():
            mol = Chem.MolFromSmiles(smiles, sanitize=False)  # as canonical SMILES do not always pass RDKit's checks
    if mol is None:
        raise MoleculeError(molecule, "its smiles is no SMILES", "correct it, or leave it out", row)
    if np.ndim(nodes) and len(nodes) != mol.GetNumAtoms():
        reason = f"its smiles has {mol.GetNumAtoms()} atoms, node_ids has {len(nodes)}"
        raise MoleculeError(molecule, reason, "pass those of one molecule, or leave smiles out", row)


def _rows(array: np.ndarray, width: int) -> np.ndarray:
    """An empty list is a table without rows; anything else keeps its shape."""
    return array.reshape(-1, width) if array.size == 0 else array


def _check_edges(molecule: Any, index: np.ndarray, edges: np.ndarray, num_nodes: int, row: int | None):
    if index.ndim != 2 or index.shape[1] != 2:
        raise MoleculeError(
            molecule, f"edge_index must be (E, 2), got {index.shape}", "give one row of source and target per edge", row
        )
    if len(index) != len(edges):
        raise MoleculeError(
            molecule, f"{len(index)} edges have {len(edges)} feature rows", "give one row per edge", row
        )
    if len(index) and not (index.min() >= 0 and index.max() < num_nodes):
        raise MoleculeError(molecule, f"edge_index names an atom beyond the {num_nodes} there are", "count from 0", row)


def _integers(molecule: Any, name: str, value: Any, row: int | None) -> np.ndarray:
    if value is None:
        raise MoleculeError(molecule, f"{name} is missing", "pass node_ids, edge_index and edge_ids", row)
    try:
        array = np.asarray(value)
        with np.errstate(invalid="ignore"):
            whole = array.astype(np.int64)
    except (TypeError, ValueError, OverflowError, RuntimeError):  # the last for tensors with a gradient
        raise MoleculeError(molecule, f"{name} is no table of numbers", "pass categorical features", row) from None
    if not np.array_equal(array, whole):
        raise MoleculeError(
            molecule, f"{name} holds {array.dtype} that are no integers", "pass categorical features", row
        )
    return whole


def _check_table(molecule: Any, name: str, rows: np.ndarray, sizes: tuple[int, ...], row: int | None):
    if rows.ndim != 2 or rows.shape[1] != len(sizes):
        raise MoleculeError(
            molecule, f"{name} must have {len(sizes)} columns, got shape {rows.shape}", "see LlamoFeatureExtractor", row
        )
    for column, size in enumerate(sizes):
        values = rows[:, column]
        if len(values) and not 0 <= values.min() <= values.max() < size:
            raise MoleculeError(
                molecule,
                f"column {column} of {name} must be 0 to {size - 1}, got {values.min()} to {values.max()}",
                "PyG's from_smiles uses another convention: pass the SMILES",
                row,
            )
