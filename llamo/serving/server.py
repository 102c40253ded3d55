"""The HTTP server: uvicorn, with a grace time after which what still runs gets an error instead of a cut line."""

import asyncio
import contextlib
import socket

import uvicorn

from llamo.serving.app import build_app
from llamo.serving.connections import Connection, backlog, check_all, most_connections
from llamo.serving.service import Service

# Seconds for connections to take their errors, behind the grace time.
_FAREWELL = 2


class Server(uvicorn.Server):
    """Drains its engine when it is told to stop.

    Args:
        service: what it serves.
        host: address to listen at.
        port: to listen at; 0 takes a free one.
        key: that clients must send; None for none.
        hosts: names by which clients may call it, see `build_app`.
    """

    def __init__(
        self, service: Service, *, host: str, port: int, key: str | None = None, hosts: tuple[str, ...] = ("*",)
    ):
        self.service = service
        grace = int(service.limits.grace) + _FAREWELL
        app = build_app(service, key=key, hosts=hosts)
        most = most_connections()
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            http=Connection,
            ws="none",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=grace,
            limit_concurrency=most + 1,  # `Connection` keeps below it; uvicorn would answer 503 and close nothing idle
            backlog=backlog(most),
        )
        super().__init__(config)

    async def on_tick(self, counter: int) -> bool:
        """Looks after connections once a second."""
        if counter % 10 == 0:
            check_all(self.server_state.connections)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes nothing new, waits for what runs."""
        engine = self.service.engine
        engine.drain()
        loop = asyncio.get_running_loop()
        over = loop.call_later(self.service.limits.grace, loop.run_in_executor, None, engine.stop)
        await super().shutdown(sockets)
        over.cancel()


def run(service: Service, **options):
    """Serves until SIGINT or SIGTERM; options as in `Server`."""
    server = Server(service, **options)
    with contextlib.suppress(KeyboardInterrupt, SystemExit):  # the one when all is done, the other without a port
        server.run()
    if not server.started:
        raise ValueError(f"cannot listen at {options['host']}:{options['port']}; is the port taken?")
