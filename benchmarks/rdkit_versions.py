"""What two RDKit releases make of the same molecules, column by column.

    python -m benchmarks.rdkit_versions record old.jsonl --data DATA    # in an environment with the one
    python -m benchmarks.rdkit_versions record new.jsonl --data DATA    # and with the other
    python -m benchmarks.rdkit_versions compare old.jsonl new.jsonl

DATA is a folder of .csv.gz files with SMILES columns.
"""

import argparse
import csv
import gzip
import json
from collections import defaultdict
from pathlib import Path

from processors.rdkit_record import features_by_column, short_hash

_SHOWN = 3


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    record_parser = commands.add_parser("record")
    record_parser.add_argument("output", type=Path)
    record_parser.add_argument("--data", type=Path, required=True)
    compare_parser = commands.add_parser("compare")
    compare_parser.add_argument("records", type=Path, nargs=2)
    return parser.parse_args()


def read_molecules(folder: Path) -> list[str]:
    """All different texts in columns whose names hold "smiles", and reactants and products, in order."""
    found: set[str] = set()
    for path in sorted(folder.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found |= {text for name, text in row.items() if "smiles" in name.lower() or name in ("mol", "product")}
    return sorted(found - {""})


def record(output: Path, data: Path):
    """One line for each molecule: the text and a hash of each column; none where it cannot be read."""
    with output.open("w", encoding="utf-8") as file:
        for smiles in read_molecules(data):
            columns = {name: short_hash(values) for name, values in features_by_column(smiles).items()}
            file.write(json.dumps([smiles, columns]) + "\n")


def compare(first: Path, second: Path) -> dict[str, list[str]]:
    """Molecules that differ, by column; "what can be read" where only one release reads them."""
    differing: dict[str, list[str]] = defaultdict(list)
    with first.open(encoding="utf-8") as left, second.open(encoding="utf-8") as right:
        for one, other in zip(map(json.loads, left), map(json.loads, right), strict=True):
            if one[0] != other[0]:
                raise ValueError(f"the records are of other molecules: {one[0]!r} and {other[0]!r}; record both anew")
            if bool(one[1]) != bool(other[1]):
                differing["what can be read"].append(one[0])
            for name in one[1].keys() & other[1].keys():
                if one[1][name] != other[1][name]:
                    differing[name].append(one[0])
    return dict(differing)


def main():
    arguments = read_arguments()
    if arguments.command == "record":
        return record(arguments.output, arguments.data)
    differing = compare(*arguments.records)
    with arguments.records[0].open(encoding="utf-8") as file:
        print(f"{sum(1 for _ in file):,} molecules")
    for name, molecules in sorted(differing.items(), key=lambda one: -len(one[1])):
        print(f"{name}: {len(molecules)}, such as {', '.join(sorted(molecules, key=len)[:_SHOWN])}")


if __name__ == "__main__":
    main()
