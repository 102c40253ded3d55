"""The command that answers over HTTP: serve."""

from pathlib import Path
from typing import Annotated

import typer

from llamo.cli.entry import app
from llamo.cli.options import Device, Dtype, FourBit


@app.command()
def serve(
    model: Annotated[str | None, typer.Argument(help="Folder or Hub id; default the one that llamo brings.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 8000,
    device: Device = None,
    dtype: Dtype = None,
    load_in_4bit: FourBit = False,
    name: Annotated[str | None, typer.Option(help="Of the model in requests.")] = None,
    api_key_variable: Annotated[str | None, typer.Option(help="Environment variable with the key to ask for.")] = None,
    api_key_file: Annotated[Path | None, typer.Option(help="A file with it instead.")] = None,
    max_batch: Annotated[int, typer.Option(min=1, help="Requests answered at a time.")] = 32,
    queue: Annotated[int, typer.Option(min=0, help="Requests that may wait; more get 429.")] = 128,
    timeout: Annotated[float, typer.Option(help="Seconds a request may take, waiting included.")] = 120,
    grace: Annotated[float, typer.Option(help="Seconds to finish what runs when told to stop.")] = 30,
    max_prompt_tokens: Annotated[int | None, typer.Option(min=1, help="Of a prompt; default the context.")] = None,
    max_tokens: Annotated[int, typer.Option(min=1, help="Largest answer.")] = 1024,
    max_atoms: Annotated[int, typer.Option(min=1, help="Of one molecule.")] = 500,
    max_explained_atoms: Annotated[int, typer.Option(min=1, help="Of all molecules of an answer to explain.")] = 100,
    max_explained_tokens: Annotated[int, typer.Option(min=1, help="Of an answer to explain.")] = 256,
):
    """Answer over HTTP as OpenAI's API does, many requests at a time; with a page to draw and ask at http://HOST:PORT."""
    from llamo.serving.command import serve as run
    from llamo.serving.limits import Limits

    sizes = {"prompt_tokens": max_prompt_tokens, "answer_tokens": max_tokens, "max_atoms": max_atoms}
    sizes |= {"explained_atoms": max_explained_atoms, "explained_tokens": max_explained_tokens}
    limits = Limits(max_batch=max_batch, queue=queue, timeout=timeout, grace=grace, **sizes)
    loading = {"device": device, "dtype": dtype, "load_in_4bit": load_in_4bit}
    where = {"host": host, "port": port, "name": name, "loading": loading}
    run(model, **where, key_variable=api_key_variable, key_file=api_key_file, limits=limits)
