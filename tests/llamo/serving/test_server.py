"""Stopping: what runs is finished within the grace time, what is new is refused, nobody is left without an answer."""

import os
import signal
import subprocess
import sys
import threading
import time

import openai
import pytest

from llamo.serving.server import run
from tests.llamo.serving.servers import running, tiny_service
from tests.llamo.serving.test_chat import ask, needs_weights
from tests.llamo.serving.test_engine import endless
from tests.paths import REPOSITORY


def test_what_runs_is_finished_and_what_is_new_is_refused():
    with running(tiny_service(*endless(), answer_tokens=100_000)) as server:
        stream = ask(server, "What?", max_tokens=300, stream=True)
        next(iter(stream))
        server.server.should_exit = True
        assert server.settle(lambda: not server.service.engine.is_well)
        with pytest.raises((openai.APIConnectionError, openai.InternalServerError)):
            ask(server, "What?", max_tokens=1)
        assert [chunk.choices[0].finish_reason for chunk in stream][-1] == "length"


def test_what_is_not_finished_within_the_grace_time_gets_an_error():
    with running(tiny_service(*endless(), answer_tokens=100_000, grace=0.5)) as server:
        stream = ask(server, "What?", max_tokens=50_000, stream=True)
        next(iter(stream))
        threading.Timer(0.1, setattr, (server.server, "should_exit", True)).start()
        start = time.monotonic()
        with pytest.raises(openai.APIError, match="the server is stopping"):
            list(stream)
        assert time.monotonic() - start < 10


def test_a_port_that_is_taken_is_told_in_one_line():
    with running(tiny_service()) as server, pytest.raises(ValueError, match="is the port taken"):
        run(tiny_service(), host="127.0.0.1", port=server.port)


@needs_weights
def test_the_command_serves_the_shipped_model_until_sigterm():
    code = "from llamo.serving.command import serve; serve(port=0)"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPOSITORY, env=os.environ.copy(), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    line = next(line for line in lines if "running on" in line.lower())
    port = line.split("127.0.0.1:")[1].split()[0]
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none")
    stream = client.chat.completions.create(
        model="llamo-compact", messages=[{"role": "user", "content": "Describe <mol>CCO</mol>."}], stream=True
    )
    next(iter(stream))
    process.send_signal(signal.SIGTERM)
    assert [chunk.choices[0].finish_reason for chunk in stream][-1] == "stop"
    assert process.wait(60) in (0, -signal.SIGTERM)
