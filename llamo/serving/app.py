"""The web application: routes, errors in OpenAI's shape, and the page. Starts and stops the engine."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from llamo.explain.page import VIEW
from llamo.serving import chat, drawing, explanations
from llamo.serving.bodies import EmbeddingBody
from llamo.serving.embeddings import check_level
from llamo.serving.errors import RequestError
from llamo.serving.guard import Guard
from llamo.serving.replies import embedding_list
from llamo.serving.service import Service

# The web page.
PAGE = Path(__file__).with_name("page")


def build_app(service: Service, *, key: str | None = None, hosts: Sequence[str] = ("*",)) -> FastAPI:
    """The application.

    Args:
        service: what it serves.
        key: that clients must send; None for none.
        hosts: names by which clients may call the server, so that no web page reaches a local one by a name of its own.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service.engine.start()
        yield
        await asyncio.to_thread(service.close)

    app = FastAPI(title="llamo", lifespan=lifespan, openapi_url=None)
    app.state.service = service
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.add_middleware(Guard, key=key, largest=service.limits.body, metrics=service.metrics)
    _answer_errors(app)
    app.include_router(chat.router)
    app.include_router(drawing.router)
    app.include_router(explanations.router)
    _add_routes(app, service)
    app.mount("/explanation", StaticFiles(directory=VIEW))
    app.mount("/", StaticFiles(directory=PAGE, html=True))
    return app


def _add_routes(app: FastAPI, service: Service):
    processor = service.prompts.processor
    card = {
        "id": service.name,
        "object": "model",
        "created": service.created,
        "owned_by": "llamo",
        "retrieve": None if processor.captions is None else processor.retrieve,
    }

    @app.get("/v1/models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [card]}

    @app.get("/v1/models/{name:path}")
    async def model(name: str) -> dict[str, Any]:
        service.check_model(name)
        return card

    @app.post("/v1/embeddings")
    async def embeddings(body: EmbeddingBody) -> dict[str, Any]:
        service.check_model(body.model)
        check_level(service.engine.model.config, body.level)
        count, most = len(body.molecules), service.limits.molecules
        if not 1 <= count <= most:
            raise RequestError(f"input: got {count} molecules, expected 1 to {most}; split them", param="input")
        vectors, atoms = await service.embed(body.molecules, body.level)
        return embedding_list(vectors, service.name, atoms=atoms, as_base64=body.encoding_format == "base64")

    @app.get("/health")
    async def health() -> Response:
        is_well = service.engine.is_well
        return JSONResponse({"status": "ok" if is_well else "stopping"}, status_code=200 if is_well else 503)

    @app.get("/metrics")
    async def metrics() -> Response:
        engine = service.engine
        now = {"llamo_requests_running": engine.running, "llamo_requests_waiting": engine.waiting}
        return PlainTextResponse(service.metrics.text(now), media_type="text/plain; version=0.0.4")


def _answer_errors(app: FastAPI):
    @app.exception_handler(RequestError)
    async def refused(request: Request, error: RequestError) -> Response:
        return JSONResponse(error.body(), status_code=error.status, headers=error.headers())

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return await refused(request, _told(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        told = RequestError(f"{error.detail}: {request.scope['path']!r}", status=error.status_code)
        return await refused(request, told)


def _told(error: RequestValidationError) -> RequestError:
    """The most telling of pydantic's errors, in one line."""
    first = max(error.errors(), key=lambda one: len(one["loc"]))
    names = [name for name in first["loc"][1:] if name not in _UNIONS]
    tagged = [place for place in range(1, len(names)) if isinstance(names[place - 1], int) and names[place] in _TAGS]
    names = [name for place, name in enumerate(names) if place not in tagged]
    place = "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in names).removeprefix(".")
    if first["type"] == "extra_forbidden":
        return RequestError(f"{place} is not supported here; leave it out", param=place, code="unsupported_field")
    if first["type"] in ("json_invalid", "model_attributes_type"):
        return RequestError("the body must be a JSON object, sent as Content-Type: application/json")
    reason = first["msg"].removeprefix("Value error, ")
    is_whole = first["type"] in ("missing", "value_error")  # these hold the whole object
    got = "" if is_whole else f", got {repr(first['input'])[:80]}"
    return RequestError(f"{place}: {reason}{got}" if place else reason, param=place or None)


# Names of the branches of a union that pydantic mixes with the fields' own; tags stand behind a part's number.
_UNIONS = {"constrained-str", "list[tagged-union[TextPart,MoleculePart]]", "list[constrained-str]", "constrained-int"}
_TAGS = {"text", "molecule"}
