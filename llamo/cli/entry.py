"""The `llamo` command itself: options of all commands, and errors in one line. Cheap to start."""

import sys
from typing import Annotated

import typer

from llamo.out_of_memory import is_out_of_memory

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False)
_state = {"debug": False}
_SMALLER = "this machine has not the memory: smaller batches, shorter inputs or a smaller model may fit"


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


def main():
    """Entry point: a user's mistake is one line on stderr and exit code 2."""
    try:
        app()
    except Exception as error:
        if _state["debug"] or not _is_mistake(error):
            raise
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        if is_out_of_memory(error) and not isinstance(error, ValueError | OSError):  # which say their own remedy
            told = f"{told}; {_SMALLER}"
        print(f"llamo: {told}", file=sys.stderr)
        sys.exit(2)


def _is_mistake(error: Exception) -> bool:
    """What one line explains: a wrong input, a file, memory, a full disk, which safetensors and torch report oddly."""
    is_full = "No space left" in str(error) or "os error 28" in str(error)
    return isinstance(error, ValueError | OSError) or is_full or is_out_of_memory(error)
