"""Work ends with its client."""

import asyncio

from llamo.serving.presence import unless_gone


class Asking:
    """A client that goes away after some seconds."""

    def __init__(self, seconds: float):
        self.seconds = seconds

    async def receive(self):
        await asyncio.sleep(self.seconds)
        return {"type": "http.disconnect"}


async def work(seconds: float, ended: list):
    try:
        await asyncio.sleep(seconds)
        return "made"
    except asyncio.CancelledError:
        ended.append("cancelled")
        raise


def test_a_client_that_stays_gets_what_was_made():
    assert asyncio.run(unless_gone(Asking(60), work(0, []))) == "made"


def test_a_client_that_goes_takes_the_work_along():
    ended = []
    assert asyncio.run(unless_gone(Asking(0), work(60, ended))) is None
    assert ended == ["cancelled"]
