"""What this RDKit makes of molecules on which its releases differ, so that a processor can tell that features changed.

The molecules were found by comparing RDKit 2024.03.1 and 2026.09.1 on 104,860 structures (docs/reliability.md).
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from processors.graph import featurize_mol
from processors.molecule import MoleculeError, parse

ATOM_COLUMNS = (
    "element", "chirality", "degree", "charge", "hydrogens", "radicals", "hybridisation", "aromaticity", "rings",
)  # fmt: skip
BOND_COLUMNS = ("bond type", "bond stereo", "conjugation")
# Ordinary ones stand beside those that differed, for what future releases may change.
PROBES = (
    "CC(=O)Oc1ccccc1C(=O)O",
    "Cn1c(=O)c2c(ncn2C)n(C)c1=O",
    "F/C=C/[C@H](N)C(=O)O",
    "C(=C/C1CCCCC1)\\c1nccs1",
    "C[N+](C)(C)CC(=O)[O-]",
    "CC(=O)C=P(C)(C)C",
    "CCC(=S=O)N",
    "CCC1=[SH]C(=N)N(C)N1",
    "C1C=CC=[As]1",
    "CC(=O)[O-].[Tl+]",
    "N[Pt](N)(Cl)Cl",
    "N#C[Hg-2](C#N)(C#N)C#N.[K+].[K+]",
    "c1ccc2c(c1)[nH]c1ccccc12",
    "OB(O)c1ccccc1",
)
# Releases differ in whether they read these at all.
BORDERLINE = ("F[Si-2](F)(F)(F)(F)F.[Mg+2]", "F[P-](F)(F)(F)(F)F", "C[N](C)(C)C", "[O-][Cl+3]([O-])([O-])[O-]")


@cache
def rdkit_record() -> dict[str, str]:
    """RDKit's `version`, and a short hash of what it makes of `PROBES` for each column of features."""
    import rdkit

    graphs = [features_by_column(smiles) for smiles in PROBES]
    columns = {name: [graph.get(name) for graph in graphs] for name in graphs[0]}
    columns["what can be read"] = [bool(features_by_column(smiles)) for smiles in BORDERLINE]
    return {"version": rdkit.__version__} | {name: short_hash(values) for name, values in columns.items()}


def changed_features(kept: Mapping[str, str]) -> list[str]:
    """Names of the columns that are not as in a kept record; names that only one of the two has are not compared."""
    here = rdkit_record()
    return [name for name in here if name != "version" and name in kept and kept[name] != here[name]]


def features_by_column(smiles: str) -> dict[str, Any]:
    """The features of one molecule by `ATOM_COLUMNS`, `BOND_COLUMNS` and more; empty if it cannot be read."""
    try:
        graph = featurize_mol(parse(smiles))
    except MoleculeError:
        return {}
    return {
        "SMILES": graph.smiles,
        **dict(zip(ATOM_COLUMNS, graph.node_ids.T.tolist(), strict=True)),
        **dict(zip(BOND_COLUMNS, graph.edge_ids.T.tolist(), strict=True)),
        "functional groups": sorted(graph.motif_features.tolist()),
    }


def short_hash(values: Any) -> str:
    """Eight hexadecimal digits that are the same in every process."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:8]
