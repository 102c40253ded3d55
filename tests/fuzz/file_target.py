"""Files of molecules: small real ones, mutated as text and as bytes, read row by row."""

import csv
import gzip
import io
import json
import shutil
import tempfile
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from llamo.metrics.opsin import Opsin
from llamo.molecule_files.naming import read_rows
from llamo.molecule_files.reading import read_file, read_texts
from tests.fuzz.blocks import block_of, mutate_block
from tests.fuzz.laws import hold, refusal
from tests.fuzz.smiles import mutate
from tests.fuzz.texts import dumps, hostile, mutate_bytes, mutate_value

_ENDINGS = ("smi", "smi", "smi", "sdf", "sdf", "sdf", "stdin", "csv", "jsonl", "json", "parquet")


class FileTarget:
    """See the module."""

    name = "files"

    def __init__(self, seeds: tuple[str, ...]):
        from datasets import disable_progress_bars

        disable_progress_bars()
        self.seeds = seeds
        self.folder: Path | None = None

    def make(self, random: Random) -> tuple[str, bytes, list[str] | None]:
        """Ending, bytes, and the molecules of the rows where nothing was mutated."""
        ending = random.choice(_ENDINGS)
        rows = [random.choice(self.seeds) for _ in range(random.randint(1, 6))]
        names = (
            [random.choice(("name", hostile(random))) for _ in rows]
            if random.random() < 0.5
            else [f"n{n}" for n, _ in enumerate(rows)]
        )
        is_plain = random.random() < 0.15
        if is_plain:
            names = [f"n{number}" for number, _ in enumerate(rows)]
        else:
            rows = [mutate(random, self.seeds) if random.random() < 0.4 else row for row in rows]
        body = _written(ending, rows, names, random, is_plain)
        if not is_plain:
            for _ in range(random.choice((0, 1, 1, 2))):
                body = mutate_bytes(body, random)
        if ending not in ("parquet", "stdin") and random.random() < 0.25:
            body, ending = gzip.compress(body, 1), f"{ending}.gz"
            if not is_plain and random.random() < 0.6:
                body = mutate_bytes(body, random)
        return ending, body, rows if is_plain and not ending.startswith("sdf") else None

    def check(self, made: tuple[str, bytes, list[str] | None], random: Random) -> str:
        """Rows are numbered without gaps, each is a molecule or has a reason; a plain file gives back its molecules."""
        ending, body, expected = made
        raw, told = self._rows(ending, body)
        numbers = [row.number for row in raw]
        hold(numbers == sorted(set(numbers)), "rows are numbered in their order")
        if not ending.startswith("jsonl"):  # whose empty lines are no rows, but count
            hold(numbers == list(range(len(raw))), "rows are numbered without gaps")
        with patch.object(Opsin, "find", side_effect=ValueError("no OPSIN in this test")):  # Java takes seconds
            rows = read_rows(raw)
        hold([row.number for row in rows] == [row.number for row in raw], "rows keep their numbers")
        for row, given in zip(rows, raw, strict=True):
            hold(bool(row.error) != bool(row.smiles), "a row has a molecule or a reason")
            if row.error:
                refusal(ValueError(row.error))
            elif "\n" not in given.text and given.text.isascii():
                _check_same(given.text, row.smiles)
        if expected is not None:
            hold(
                [row.text for row in raw] == [one.strip() for one in expected],
                "a plain file gives its molecules in order",
            )
        _check_written(rows)
        return told or f"accepted: {ending.removesuffix('.gz')}"

    def _rows(self, ending: str, body: bytes) -> tuple[list[Any], str]:
        """The rows up to the end or a refusal."""
        if ending == "stdin":
            return list(read_texts(io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", errors="surrogateescape"))), ""
        folder = Path(tempfile.mkdtemp())
        path, rows = folder / f"in.{ending}", []
        path.write_bytes(body)
        try:
            for row in read_file(path):
                rows.append(row)
        except ValueError as error:
            hold(not isinstance(error, UnicodeError) and str(path) in str(error), "the refusal names the file")
            return rows, refusal(ValueError(str(error).replace(str(path), "FILE")))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return rows, ""


def _check_same(text: str, smiles: str):
    """The molecule that comes back is the one that stands there."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        given, read = Chem.MolFromSmiles(text), Chem.MolFromSmiles(smiles)
    hold(read is not None, "an accepted row has a molecule")
    if given is not None:
        hold(Chem.MolToSmiles(given) == Chem.MolToSmiles(read), "the molecule is that of the row")


def _check_written(rows: list[Any]):
    """Answers about all rows can be written."""
    for row in rows:
        text = json.dumps(
            {"row": row.number, "smiles": row.smiles, "error": row.error, **row.columns},
            ensure_ascii=False,
            default=str,
        )
        try:
            text.encode()
        except UnicodeEncodeError:
            hold(False, "a row can be written as UTF-8")


def _written(ending: str, rows: list[str], names: list[str], random: Random, is_plain: bool) -> bytes:
    if ending in ("smi", "stdin"):
        tail = (lambda name: f" {name}") if ending == "smi" else (lambda name: "")
        return "".join(f"{row}{tail(name)}\n" for row, name in zip(rows, names, strict=True)).encode("utf-8", "replace")
    if ending == "sdf":
        return _sdf(rows, names, random, is_plain).encode("utf-8", "replace")
    clean = [
        (row.encode("utf-8", "replace").decode(), name.encode("utf-8", "replace").decode())
        for row, name in zip(rows, names, strict=True)
    ]
    if ending == "csv":
        text = io.StringIO()
        csv.writer(text).writerows([("smiles", "name"), *clean])
        return text.getvalue().encode()
    if ending == "parquet":
        return _parquet(clean)
    records: Any = [{"smiles": row, "name": name} for row, name in zip(rows, names, strict=True)]
    if not is_plain and random.random() < 0.5:
        records = [mutate_value(record, random) for record in records]
    return dumps(records) if ending == "json" else b"".join(dumps(record) + b"\n" for record in records)


def _sdf(rows: list[str], names: list[str], random: Random, is_plain: bool) -> str:
    text = ""
    for row, name in zip(rows, names, strict=True):
        block = block_of(row, random) or "\n  broken\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\nnonsense\nM  END\n"
        block = block if is_plain else mutate_block(block, random)
        text += f"{name}\n{block.split(chr(10), 1)[-1]}>  <note>\n{name}\n\n$$$$\n"
    return text


def _parquet(rows: list[tuple[str, str]]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    buffer = io.BytesIO()
    parquet.write_table(pa.table({"smiles": [row for row, _ in rows], "name": [name for _, name in rows]}), buffer)
    return buffer.getvalue()
