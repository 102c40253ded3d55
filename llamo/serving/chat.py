"""`/v1/chat/completions`: whole or streamed answers. A client that goes away takes its request along."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from llamo.serving.bodies import ChatBody
from llamo.serving.errors import RequestError, stuck
from llamo.serving.generation import Finish, Generation, Piece
from llamo.serving.presence import unless_gone
from llamo.serving.replies import ChatReply
from llamo.serving.service import Service

router = APIRouter()
# Seconds behind its deadline after which a request that has heard nothing is ended.
_LATE = 5


@router.post("/v1/chat/completions")
async def complete(body: ChatBody, request: Request) -> Response:
    """Answers a conversation."""
    service: Service = request.app.state.service
    generation, queue = await service.begin(body)
    reply = ChatReply(service.name, service.prompts.processor.tokenizer, with_logprobs=body.logprobs)
    if body.stream:
        return StreamingResponse(_events(body, generation, queue, reply), media_type="text/event-stream")
    try:
        event = await unless_gone(request, _next(generation, queue))
    finally:
        generation.is_cancelled = True
    if event is None:
        return Response(status_code=499)  # to nobody
    if isinstance(event, RequestError):
        raise event
    assert isinstance(event, Finish)  # nothing comes in pieces that is not streamed
    return JSONResponse(reply.whole(event))


async def _next(generation: Generation, queue: asyncio.Queue) -> Piece | Finish | RequestError:
    """What comes next; an error where the model's thread is stuck, which else tells when it is too late."""
    try:
        async with asyncio.timeout_at(generation.deadline + _LATE):
            return await queue.get()
    except TimeoutError:
        return stuck()


async def _events(body: ChatBody, generation: Generation, queue: asyncio.Queue, reply: ChatReply) -> AsyncIterator[str]:
    """Server-sent events; an error behind the first one is an event too."""
    with_usage = bool(body.stream_options and body.stream_options.include_usage)
    unknown = {"usage": None} if with_usage else {}
    try:
        yield _event({**reply.chunk({"role": "assistant", "content": ""}), **unknown})
        while isinstance(event := await _next(generation, queue), Piece):
            yield _event({**reply.chunk({"content": event.text}, event.logprobs), **unknown})
        if isinstance(event, RequestError):
            yield _event(event.body())
            return
        if event.rest or event.logprobs[event.told :]:
            yield _event({**reply.chunk({"content": event.rest}, event.logprobs[event.told :]), **unknown})
        yield _event({**reply.chunk({}, reason=event.reason), **unknown})
        if with_usage:
            yield _event(reply.last_chunk(event))
        yield "data: [DONE]\n\n"
    finally:
        generation.is_cancelled = True


def _event(content: dict[str, Any]) -> str:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"
