"""Small files of rows for tests."""

import csv
import gzip
import json
from pathlib import Path

# A good row, and one of each kind that encoding must report (category -> row).
GOOD = {"smiles": "CCO", "instruction": "What is it?", "output": "Ethanol."}
BAD = {
    "molecule": GOOD | {"smiles": "C1CC"},
    "empty_output": GOOD | {"output": "  "},
    "schema": {"messages": [{"role": "human", "content": "Hi"}]},
    "no_answer": {"messages": [{"role": "user", "content": "Hi"}]},
    "too_long": GOOD | {"output": "long " * 100},
}


def row(smiles, output: str = "An answer.", **more) -> dict:
    return {"smiles": smiles, "instruction": "What is it?", "output": output, **more}


def _open(path: Path):
    opener = gzip.open if path.suffix == ".gz" else open
    return opener(path, "wt", encoding="utf-8", newline="")


def write_jsonl(path: Path, rows: list[dict]) -> str:
    with _open(path) as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return str(path)


def write_csv(path: Path, rows: list[dict]) -> str:
    with _open(path) as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)
