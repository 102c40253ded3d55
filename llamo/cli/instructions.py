"""Commands around instruction data: build-instructions, check-instructions."""

import json
from pathlib import Path
from typing import Annotated

import typer

from llamo.cli.entry import app


@app.command()
def build_instructions(
    source: Annotated[Path, typer.Argument(help="A .csv, .jsonl or .parquet file (or .gz) of molecules, described.")],
    output: Annotated[Path, typer.Argument(help="Folder of the run; one that was stopped goes on.")],
    backend: Annotated[str, typer.Option(help="template (no language model), endpoint, or model.")] = "template",
    model: Annotated[str | None, typer.Option(help="The endpoint's name for it, or folder or Hub id.")] = None,
    smiles_column: Annotated[str, typer.Option(help="Column of SMILES.")] = "smiles",
    description_column: Annotated[str, typer.Option(help="Column of descriptions.")] = "description",
    iupac_column: Annotated[str | None, typer.Option(help="Column of IUPAC names.")] = None,
    property_column: Annotated[list[str] | None, typer.Option(help="Columns of values, named with their unit.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The first rows only.")] = None,
    seed: Annotated[int, typer.Option(help="Of all choices.")] = 0,
    min_turns: Annotated[int, typer.Option(min=1, help="Questions of a conversation at least.")] = 3,
    max_turns: Annotated[int, typer.Option(min=1, help="Questions at most.")] = 8,
    exemplars: Annotated[int, typer.Option(min=0, help="Hand-written conversations in each prompt.")] = 3,
    exemplar_file: Annotated[Path | None, typer.Option(help="Others than those of llamo.")] = None,
    max_tokens: Annotated[int, typer.Option(min=1, help="Of a conversation.")] = 1024,
    temperature: Annotated[float, typer.Option(min=0, help="Of sampling.")] = 0.7,
    batch_size: Annotated[int, typer.Option(min=1, help="Conversations at a time, of a local model.")] = 8,
    device: Annotated[str | None, typer.Option(help="Of a local model; default a GPU if there is one.")] = None,
    dtype: Annotated[str, typer.Option(help="Of a local model: auto, float32, bfloat16, float16.")] = "auto",
    endpoint: Annotated[
        list[str] | None, typer.Option(help="key=value for an endpoint, such as base_url=http://localhost:8000/v1.")
    ] = None,
    attempts: Annotated[int, typer.Option(min=1, help="At a row whose conversation is refused.")] = 2,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse claims that nothing backs.")] = False,
    held_out: Annotated[
        list[str] | None, typer.Option(help="Tasks or FILE:COLUMN whose molecules are refused (test sets).")
    ] = None,
    data_folder: Annotated[Path | None, typer.Option(help="Where tasks' files are; default LLAMO_DATA.")] = None,
    output_format: Annotated[str, typer.Option("--format", help="jsonl or parquet.")] = "jsonl",
    shard_rows: Annotated[int, typer.Option(min=1, help="Conversations in a shard.")] = 10_000,
    licence: Annotated[str, typer.Option(help="Of the descriptions, for the card.")] = "other",
    push_to_hub: Annotated[str | None, typer.Option(help="Upload as this data set, user/name.")] = None,
    public: Annotated[bool, typer.Option("--public", help="For all to see; default private.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Drop the run that is there.")] = False,
):
    """Write multi-turn conversations about molecules and keep those that pass every check."""
    from llamo.instructions.card import push_to_hub as push
    from llamo.instructions.command import Request
    from llamo.instructions.command import build_instructions as run
    from llamo.instructions.material import Columns

    columns = Columns(smiles_column, description_column, iupac_column, property_column or ())
    sampling = {"shown": exemplars, "exemplars": exemplar_file, "max_tokens": max_tokens, "temperature": temperature}
    local = {"batch_size": batch_size, "device": device, "dtype": dtype, "endpoint": endpoint or ()}
    checks = {"attempts": attempts, "strict": strict, "tests": held_out or (), "data_folder": data_folder}
    files = {"form": output_format, "shard_rows": shard_rows, "licence": licence, "overwrite": overwrite}
    turns = {"fewest": min_turns, "most": max_turns, "limit": limit, "seed": seed}
    request = Request(source, output, backend, model, columns, **turns, **sampling, **local, **checks, **files)
    typer.echo(json.dumps(run(request), indent=2))
    if push_to_hub is not None:
        typer.echo(push(output, push_to_hub, private=not public))


@app.command()
def check_instructions(
    file: Annotated[
        Path | None, typer.Argument(help="Conversations: docs/data.md, qa pairs, question and answer.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for report.html and report.json.")
    ] = None,
    held_out: Annotated[
        list[str] | None, typer.Option(help="Tasks or FILE:COLUMN that should not be in it (test sets).")
    ] = None,
    data_folder: Annotated[Path | None, typer.Option(help="Where tasks' files are; default LLAMO_DATA.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Claims that nothing backs are errors.")] = False,
    min_turns: Annotated[int, typer.Option(min=1, help="Questions of a conversation at least.")] = 1,
    max_turns: Annotated[int, typer.Option(min=1, help="Questions at most.")] = 200,
    max_rows: Annotated[int | None, typer.Option(min=1, help="The first rows only.")] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Write a sheet of so many for experts, into --output.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the sample.")] = 0,
    ratings: Annotated[
        list[Path] | None, typer.Option(help="Filled sheets, one per expert: how far they agree.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
):
    """Check conversations about molecules: form, chemistry, support, diversity, leakage."""
    from llamo.checking.command import Request, show, show_agreement
    from llamo.checking.command import check_file as run

    if ratings:
        show_agreement(ratings, as_json=as_json)
        return
    if file is None:
        raise ValueError("a file is missing: name conversations to check, or --ratings")
    turns = {"min_turns": min_turns, "max_turns": max_turns}
    tests = {"tests": held_out or (), "data_folder": data_folder, "max_rows": max_rows}
    show(run(Request(file, output, strict=strict, sample=sample, seed=seed, **turns, **tests)), as_json=as_json)
