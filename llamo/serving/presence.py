"""Whether a client is still there."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

Made = TypeVar("Made")


async def unless_gone(request: Request, work: Coroutine[Any, Any, Made]) -> Made | None:
    """What the work gives; None where the client went away before, which cancels it. For a body that has been read."""
    task, gone = asyncio.create_task(work), asyncio.create_task(_until_gone(request))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        gone.cancel()


async def _until_gone(request: Request):
    while (await request.receive())["type"] != "http.disconnect":
        pass
