"""A tiny language model behind `transformers serve`, as a real endpoint, and proxies in front of it or alone."""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from llamo.baselines.endpoint_options import EndpointOptions
from tests.llamo.baselines.proxy import Proxy
from tests.text import byte_tokenizer
from tests.tiny import TEXT_CONFIG

KEY_VARIABLE, KEY = "SOME_ENDPOINT_KEY", "sk-very-secret-0123456789"
CHAT_TEMPLATE = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant:"
STARTS_WITHIN = 180


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory) -> Path:
    """A random model whose answers depend on the question."""
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**{**TEXT_CONFIG, "vocab_size": 261}))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4)
    model.save_pretrained(folder)
    byte_tokenizer(chat_template=CHAT_TEMPLATE).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def server(model_folder, tmp_path_factory):
    """Host and port of `transformers serve`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(model_folder)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--log-level", "error"]
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("w") as output:
        process = subprocess.Popen([*command, *options], env=environment, stdout=output, stderr=output)
    try:
        wait_until_healthy(port, process, log)
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def wait_until_healthy(port: int, process: subprocess.Popen, log: Path):
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("transformers serve did not start")


@pytest.fixture
def proxy(server):
    """In front of the model."""
    proxy = Proxy(server)
    yield proxy
    proxy.close()


@pytest.fixture
def canned():
    """Without a model behind it."""
    proxy = Proxy()
    yield proxy
    proxy.close()


@pytest.fixture
def make_options(tmp_path, monkeypatch):
    """Options for a proxy: a cache of the test's own, hardly any waiting, and a key."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def make(proxy: Proxy, **options) -> EndpointOptions:
        settings = {"first_wait": 0.01, "timeout": 30.0, "api_key_variable": KEY_VARIABLE, **options}
        return EndpointOptions(cache_folder=tmp_path / "cache", base_url=proxy.url, **settings)

    return make
