"""The `llamo` command. Cheap to start: what a command needs is imported when it runs."""

import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False)
_state = {"debug": False}
_PACKAGES = (
    "llamo",
    "torch",
    "transformers",
    "torch-geometric",
    "peft",
    "datasets",
    "rdkit",
    "evaluate",
    "safetensors",
    "huggingface-hub",
    "accelerate",
    "tokenizers",
)


def _show_version(wanted: bool):
    if wanted:
        from llamo import __version__

        typer.echo(__version__)
        raise typer.Exit()


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
):
    """LLaMo, the molecule assistant, as a HuggingFace model."""
    _state["debug"] = debug


@app.command()
def demo(
    output: Annotated[Path, typer.Option(help="Folder for the trained model and report.json.")] = Path("runs/demo"),
    seed: Annotated[int, typer.Option(help="Seed of split, weights and order.")] = 0,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the training questions.")] = None,
    device: Annotated[str, typer.Option(help="Where to compute.")] = "cpu",
):
    """Train a very small LLaMo from scratch and question it about molecules it has never seen."""
    from llamo.demo.run import run_demo

    run_demo(output, seed=seed, epochs=epochs, device=device)


@app.command()
def env(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False):
    """Show the versions a bug report needs."""
    rows = {"python": platform.python_version(), "platform": platform.platform()}
    for package in _PACKAGES:
        try:
            rows[package] = version(package)
        except PackageNotFoundError:
            rows[package] = "not installed"
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for name, value in rows.items():
        typer.echo(f"{name:16} {value}")


def main():
    """Entry point: a user's mistake is one line on stderr and exit code 2."""
    try:
        app()
    except (ValueError, OSError) as error:
        if _state["debug"]:
            raise
        print(f"llamo: {str(error).splitlines()[0] if str(error) else type(error).__name__}", file=sys.stderr)
        sys.exit(2)
