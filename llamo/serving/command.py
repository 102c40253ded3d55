"""`llamo serve`: loads a model and serves it until it is told to stop."""

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llamo.compact.shipped import shipped
from llamo.serving.limits import Limits

if TYPE_CHECKING:
    from llamo.serving.service import Service

_LOCAL = ("127.0.0.1", "localhost", "::1")
_SHIPPED_NAME = "llamo-compact"


def serve(
    model: str | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    loading: Mapping[str, Any] | None = None,
    name: str | None = None,
    key_variable: str | None = None,
    key_file: Path | None = None,
    limits: Limits | None = None,
):
    """Serves a model over HTTP; returns when it is told to stop (SIGINT, SIGTERM) and what ran is done.

    Args:
        model: folder or Hub id of a LLaMo; None is the one that comes with the package.
        host: address to listen at. Anything but this machine's own should have a key.
        port: to listen at.
        loading: `device`, `dtype` and `load_in_4bit` of `Assistant.load`.
        name: of the model in requests; default the folder's or `llamo-compact`.
        key_variable: environment variable with the key that clients must send.
        key_file: a file with it instead.
        limits: of requests.

    Raises:
        ValueError: fastapi or uvicorn is not installed, or there is no such model or no key.
    """
    try:
        from llamo.serving.server import run
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("fastapi", "starlette", "pydantic", "uvicorn"):
            raise
        raise ValueError(
            "llamo serve needs fastapi and uvicorn; install them with: pip install 'llamo[serve]'"
        ) from None

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    key = read_key(key_variable, key_file)
    if key is None and host not in _LOCAL:
        print(f"llamo: {host} can be reached from other machines and no key is set", file=sys.stderr)
    service = load(model, name=name, limits=limits or Limits(), **(loading or {}))
    print(f"llamo: page at http://{host}:{port}, OpenAI's protocol at http://{host}:{port}/v1", file=sys.stderr)
    run(service, host=host, port=port, key=key, hosts=(*_LOCAL, "[::1]") if host in _LOCAL else ("*",))


def read_key(variable: str | None, file: Path | None) -> str | None:
    """The key from an environment variable or a file; None where neither is named.

    Raises:
        ValueError: both are named, or what is named holds none.
    """
    if variable and file:
        raise ValueError("the key is named twice, as a variable and as a file; name one")
    if not (variable or file):
        return None
    key = os.environ.get(variable, "") if variable else Path(str(file)).read_text(encoding="utf-8")
    key = key.strip()
    if not key or not key.isascii():
        raise ValueError(f"{variable or file} holds no API key; put one line of ASCII text there")
    return key


def load(model: str | None, *, name: str | None, limits: Limits, **loading: Any) -> "Service":
    """A model, ready to be served; see `serve`.

    Raises:
        ValueError: what `Assistant.load` raises.
    """
    from llamo.assistant import Assistant
    from llamo.serving.service import Service

    assistant = Assistant.load(model or shipped(), **loading)
    if (captions := assistant.processor.captions) is not None:
        captions.nearest("C", 1)  # reads the index, which takes seconds, before somebody waits for it
    usual = _SHIPPED_NAME if model is None else Path(model).resolve().name if Path(model).is_dir() else model
    return Service(assistant.model, assistant.processor, name=name or usual, limits=limits)
