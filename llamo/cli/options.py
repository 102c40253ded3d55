"""Options that several commands share, so that they read and mean the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Molecules = Annotated[
    list[str] | None, typer.Argument(help="SMILES or names; - reads one per line from stdin.", show_default=False)
]
Input = Annotated[
    Path | None,
    typer.Option("--input", "-i", help="Molecules of this .csv, .jsonl, .json, .parquet, .smi or .sdf (also .gz)."),
]
Column = Annotated[str | None, typer.Option(help="Of the input, with SMILES or names; default is found.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Begin anew where the output, or a part, is there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
Model = Annotated[str | None, typer.Option(help="Folder or Hub id; default the one that llamo brings.")]
Device = Annotated[str | None, typer.Option(help="Where to compute; default a GPU if there is one.")]
Dtype = Annotated[
    str | None, typer.Option(help="auto, float32, bfloat16, float16; default float32 on a CPU, else auto.")
]
FourBit = Annotated[bool, typer.Option("--load-in-4bit", help="Quantise the language model (bitsandbytes).")]
Retrieve = Annotated[int, typer.Option(min=0, help="Captions of so many similar molecules in the prompt.")]
