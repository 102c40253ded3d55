"""Real molecules to mutate: of a folder of gzipped tables, or of the demo. Knows RDKit for mol blocks only."""

import csv
import gzip
from functools import cache
from pathlib import Path

# Molecules taken from each table, evenly spread.
_PER_TABLE = 400
_COLUMNS = ("SMILES", "smiles", "mol", "product")


@cache
def molecules(data: Path | None) -> tuple[str, ...]:
    """SMILES as they stand in the tables, doubled backslashes and broken ones included."""
    if data is None:
        from llamo.demo.molecules import read_molecules

        return tuple(molecule.smiles for molecule in read_molecules())
    found: list[str] = []
    for path in sorted(data.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            column = next((name for name in _COLUMNS if name in (rows.fieldnames or ())), None)
            own = [row[column] for row in rows if row[column]] if column else []
        found += own[:: max(1, len(own) // _PER_TABLE)]
    if not found:
        raise SystemExit(f"{data}: no *.csv.gz with a column {', '.join(_COLUMNS)}; give the folder of the tables")
    return tuple(found)
