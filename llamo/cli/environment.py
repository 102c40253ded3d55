"""What a bug report needs: env."""

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from llamo.cli.entry import app

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
