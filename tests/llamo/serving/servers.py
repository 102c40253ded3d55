"""Servers in a thread, and engines without one, for the tests of serving."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from openai import OpenAI

from llamo.serving.limits import Limits
from llamo.serving.server import Server
from llamo.serving.service import Service
from tests.text import model_and_processor


def tiny_service(model=None, processor=None, **limits) -> Service:
    """A service around a tiny random model."""
    if model is None:
        model, processor = model_and_processor()
    return Service(model, processor, name="tiny", limits=Limits(**limits))


class Running:
    """A server that runs, and clients for it."""

    def __init__(self, server: Server, port: int):
        self.server, self.service, self.port = server, server.service, port
        self.url = f"http://127.0.0.1:{port}"

    def client(self, *, key: str = "none", **options) -> OpenAI:
        """OpenAI's own client; it does not try again unless told so."""
        return OpenAI(base_url=f"{self.url}/v1", api_key=key, **{"max_retries": 0, "timeout": 60, **options})

    def settle(self, condition, seconds: float = 20) -> bool:
        """Whether something becomes true soon."""
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            time.sleep(0.01)
        return condition()


@contextmanager
def running(service: Service, **options) -> Iterator[Running]:
    """A real uvicorn server on a free port of this machine; stopped at the end."""
    server = Server(service, host="127.0.0.1", port=0, **options)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield Running(server, server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive()
