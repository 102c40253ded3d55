"""Conversations as sharded files in the training schema (docs/data.md): JSON lines or Parquet."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from llamo.checking.conversation import Context, Turn

Format = Literal["jsonl", "parquet"]


def record(row: int, smiles: str, turns: Sequence[Turn], context: Context) -> dict[str, Any]:
    """One conversation. The molecule stands beside the messages, where a first question finds it."""
    messages = []
    for turn in turns:
        messages += [{"role": "user", "content": turn.question}, {"role": "assistant", "content": turn.answer}]
    known = {"description": context.description, "iupac": context.iupac, "properties": dict(context.properties)}
    return {"smiles": smiles, "messages": messages, "context": known, "source_row": row}


def write_shards(records: Sequence[dict[str, Any]], folder: Path, *, form: Format, shard_rows: int) -> list[Path]:
    """Writes `train-00000-of-00002.jsonl`, .. into a folder whose old shards go, and gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("train-*"):
        old.unlink()
    starts = range(0, max(1, len(records)), shard_rows)
    shards = [records[start : start + shard_rows] for start in starts]
    paths = []
    for number, rows in enumerate(shards):
        path = folder / f"train-{number:05}-of-{len(shards):05}.{form}"
        partial = path.with_suffix(".partial")
        (_write_parquet if form == "parquet" else write_lines)(rows, partial)
        paths.append(partial.rename(path))
    return paths


def write_lines(rows: Sequence[dict[str, Any]], path: Path):
    """One JSON object per line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=True) + "\n" for row in rows)


def _write_parquet(rows: Sequence[dict[str, Any]], path: Path):
    import pyarrow as pa
    from pyarrow import parquet

    # Properties differ from row to row, which a typed column cannot hold: the context is JSON text.
    message = pa.struct([("role", pa.string()), ("content", pa.string())])
    schema = pa.schema(
        [("smiles", pa.string()), ("messages", pa.list_(message)), ("context", pa.string()), ("source_row", pa.int64())]
    )
    parquet.write_table(pa.Table.from_pylist(list(_texts(rows)), schema=schema), path)


def _texts(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {**row, "context": json.dumps(row["context"])}
