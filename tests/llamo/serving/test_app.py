"""Routes beside chat, keys, headers, sizes."""

import socket

import httpx2 as httpx
import openai
import pytest

from tests.llamo.serving.servers import running, tiny_service

KEY = "secret-of-the-test"


@pytest.fixture(scope="module")
def server():
    with running(tiny_service(), hosts=("127.0.0.1",)) as one:
        yield one


@pytest.fixture(scope="module")
def locked():
    with running(tiny_service(), key=KEY) as one:
        yield one


def test_the_model_is_listed_and_found_by_name(server):
    models = server.client().models
    assert [model.id for model in models.list()] == ["tiny"]
    assert models.retrieve("tiny").owned_by == "llamo"
    with pytest.raises(openai.NotFoundError):
        models.retrieve("other")


@pytest.mark.parametrize(("level", "width"), [("tokens", 32), ("motif", 32), (0, 16), (2, 16)])
def test_embeddings_have_the_width_of_their_level(server, level, width):
    found = server.client().embeddings.create(model="tiny", input=["CCO", "CCN"], extra_body={"level": level})
    assert [len(row.embedding) for row in found.data] == [width, width]
    assert found.usage.total_tokens == 6


def test_embeddings_as_numbers_and_as_base64_are_the_same(server):
    create = server.client().embeddings.create
    numbers = create(model="tiny", input="CCO", encoding_format="float").data[0].embedding
    assert create(model="tiny", input="CCO").data[0].embedding == pytest.approx(numbers)  # base64, the client's own


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"input": ["CCO", "C1C"]}, "input[1]: cannot read molecule 'C1C'"),
        ({"input": []}, "got 0 molecules"),
        ({"input": "CCO", "level": 3}, "level 3: this model has the levels 0 to 2"),
        ({"input": "CCO", "dimensions": 3}, "dimensions is not supported here"),
        ({"input": [[1, 2]]}, "input[0]: Input should be a valid string"),
    ],
)
def test_a_mistake_in_embeddings_is_told(server, fields, words):
    answer = httpx.post(f"{server.url}/v1/embeddings", json={"model": "tiny", **fields})
    assert answer.status_code == 400 and words in answer.json()["error"]["message"]


def test_health_and_metrics_are_there(server):
    server.client().models.list()
    assert httpx.get(f"{server.url}/health").json() == {"status": "ok"}
    text = httpx.get(f"{server.url}/metrics").text
    assert 'llamo_requests_total{path="/v1/models",status="200"}' in text
    assert "llamo_requests_running 0" in text


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/nothing"])
def test_other_paths_are_not_found_in_openai_s_shape(server, path):
    answer = httpx.get(f"{server.url}{path}")
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "not_found_error")


def test_no_page_of_another_origin_may_read_or_write(server):
    ask = {"content": '{"model": "tiny", "input": "CCO"}', "headers": {"Origin": "http://evil.example"}}
    plain = httpx.post(f"{server.url}/v1/embeddings", **ask)  # what a page can send without asking first
    assert plain.status_code == 400 and "application/json" in plain.json()["error"]["message"]
    asked_first = httpx.options(f"{server.url}/v1/embeddings", headers=ask["headers"])
    assert "access-control-allow-origin" not in {**plain.headers, **asked_first.headers}
    assert httpx.get(f"{server.url}/v1/models", headers={"Host": "evil.example"}).status_code == 400


def test_headers_keep_browsers_from_loading_anything_else(server):
    headers = httpx.get(f"{server.url}/health").headers
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"


def test_a_body_that_is_too_large_is_refused(server):
    answer = httpx.post(f"{server.url}/v1/embeddings", content=b"x" * 300_000)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_a_key_opens_and_nothing_else_does(locked):
    assert locked.client(key=KEY).models.list().data
    for key in ("wrong", KEY + "x", "none"):
        with pytest.raises(openai.AuthenticationError):
            locked.client(key=key).models.list()
    assert httpx.get(f"{locked.url}/metrics").status_code == 401
    assert httpx.get(f"{locked.url}/health").status_code == 200


def test_a_body_that_is_announced_as_too_large_is_refused_at_once(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as one:
        one.sendall(b"POST /v1/embeddings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n\r\n")
        assert one.recv(100).startswith(b"HTTP/1.1 413")


def test_a_bug_of_ours_is_counted_and_tells_nothing(server, monkeypatch):
    monkeypatch.setattr(server.service, "check_model", lambda name: 1 / 0)
    answer = httpx.get(f"{server.url}/v1/models/tiny")
    assert answer.status_code == 500 and answer.json()["error"]["message"] == "the server failed; its log says why"
    assert "content-security-policy" in answer.headers
    assert 'llamo_requests_total{path="other",status="500"} 1' in httpx.get(f"{server.url}/metrics").text


@pytest.mark.parametrize("host", ["[", "[::1", "a:b:c", "x@y", "\u00e9"])
def test_an_odd_host_is_no_bug_where_every_name_is_taken(locked, host):
    with socket.create_connection(("127.0.0.1", locked.port), timeout=10) as one:
        one.sendall(f"GET /nothing%0aelse HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("latin-1"))
        assert one.recv(100)[9:12] in (b"404", b"400")


@pytest.mark.parametrize(
    "body",
    [
        b'{"model": "tiny", "input": "CCO", "\\ud800": 1}',
        b'{"model": "\\ud800", "input": "CCO"}',
        b'{"model": "tiny", "input": "C\\ud800"}',
        b'{"model": "tiny", "input": ' + b"[" * 100_000,
        b'{"model": "' + b"x" * 100_000 + b'", "input": "CCO"}',
        b'{"model": "tiny", "input": "' + b"C" * 200_000 + b'"}',
    ],
    ids=["key", "model", "molecule", "brackets", "long name", "long chain"],
)
def test_a_hostile_body_is_refused_in_one_short_line(server, body):
    answer = httpx.post(f"{server.url}/v1/embeddings", content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500 and len(answer.text) < 600
    assert "\n" not in answer.json()["error"]["message"]


@pytest.mark.parametrize("route", ["chat/completions", "explanations"])
def test_half_of_a_surrogate_pair_in_a_message_is_refused(server, route):
    parts = b'[{"type": "molecule", "smiles": "CCO"}, {"type": "text", "text": "\\ud800"}]'
    body = b'{"model": "tiny", "messages": [{"role": "user", "content": ' + parts + b"}]"
    body += b', "answer": "x"}' if route == "explanations" else b"}"
    headers = {"content-type": "application/json"}
    answer = httpx.post(f"{server.url}/v1/{route}", content=body, headers=headers, timeout=60)
    assert answer.status_code == 400 and "unicode" in answer.json()["error"]["message"]
