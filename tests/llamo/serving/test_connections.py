"""Connections have a number, and a time in which they must bring or take something."""

import resource
import socket
import time

import pytest

from llamo.serving import connections
from llamo.serving.connections import most_connections
from tests.llamo.serving.servers import running, tiny_service

HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(connections, "PATIENCE", 1)
    monkeypatch.setattr("llamo.serving.server.most_connections", lambda: 3)
    with running(tiny_service()) as one:
        yield one


def connect(server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


@pytest.mark.parametrize("sent", [b"", b"GET /hea", b"GET /health HTTP/1.1\r\nHost: x\r\n"])
def test_a_connection_that_brings_no_whole_head_is_closed(server, sent):
    with connect(server) as one:
        one.sendall(sent)
        start = time.monotonic()
        assert one.recv(100) == b""
        assert time.monotonic() - start < 5


def test_the_longest_idle_one_makes_room(server):
    idle = [connect(server) for _ in range(3)]
    with connect(server) as one:
        one.sendall(HEALTH)
        assert one.recv(1000).startswith(b"HTTP/1.1 200")
    assert idle[0].recv(100) == b""
    idle[2].sendall(HEALTH)
    assert idle[2].recv(1000).startswith(b"HTTP/1.1 200")
    [one.close() for one in idle]


def test_there_are_fewer_where_few_files_are_allowed(monkeypatch):
    for files, most in ((1024, 512), (256, 128), (10**6, 1000), (resource.RLIM_INFINITY, 1000)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, files=files: (files, files))
        assert most_connections() == most
