"""The page's files: served with their types and policies, and complete."""

import re
from http.client import HTTPConnection
from urllib.parse import urljoin

import httpx2 as httpx
import pytest

from llamo.explain.drawing import COLORS
from llamo.explain.page import VIEW
from llamo.serving.app import PAGE
from tests.llamo.serving.servers import running, tiny_service

FILES = sorted(path.relative_to(PAGE).as_posix() for path in PAGE.rglob("*") if path.is_file())
OURS = [name for name in FILES if "jsme/" not in name and not name.endswith(".md")]
TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@pytest.fixture(scope="module")
def server():
    with running(tiny_service()) as one:
        yield one


def references(name: str) -> set[str]:
    """What a file of the page refers to, as paths inside the page."""
    text = (PAGE / name).read_text(encoding="utf-8")
    found = re.findall(r'(?:src|href) ?= ?"([^"]+)"|from "([^"]+)"|url\(([^)]+)\)', text)
    return {urljoin(name, target) for targets in found for target in targets if target}


@pytest.mark.parametrize("name", OURS)
def test_a_file_is_served_with_its_type(server, name):
    answer = httpx.get(f"{server.url}/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(TYPES[name.rsplit(".", 1)[-1]])


def test_the_page_is_at_the_root(server):
    assert httpx.get(f"{server.url}/").text == (PAGE / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OURS)
def test_everything_a_file_refers_to_is_there(name):
    assert references(name) <= set(FILES) | {f"explanation/{path.name}" for path in VIEW.iterdir()}


@pytest.mark.parametrize(("name", "kind"), [("view.css", "text/css"), ("view.js", "text/javascript")])
def test_how_explanations_look_comes_from_where_they_are_made(server, name, kind):
    answer = httpx.get(f"{server.url}/explanation/{name}")
    assert answer.headers["content-type"].startswith(kind)
    assert answer.text == (VIEW / name).read_text(encoding="utf-8")


def test_colours_of_explanations_are_those_of_their_drawings():
    style = (PAGE / "style.css").read_text(encoding="utf-8")
    for name in ("attention", "more", "less"):
        assert re.findall(rf"--{name}: (#[0-9a-f]+)", style) == list(COLORS[name])


def test_the_page_runs_only_files_of_its_own(server):
    policy = httpx.get(f"{server.url}/").headers["content-security-policy"]
    assert "unsafe" not in policy and "script-src 'self';" in policy and "frame-src 'self';" in policy


def test_the_editor_may_run_its_code_but_reach_nothing(server):
    policy = httpx.get(f"{server.url}/editor/index.html").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "connect-src" not in policy and "unsafe-eval" not in policy
    assert policy.endswith("frame-ancestors 'self'; sandbox allow-scripts")


@pytest.mark.parametrize(
    "build", re.findall(r'"([0-9A-F]{32})"', (PAGE / "editor/editor.js").read_text(encoding="utf-8"))
)
def test_a_build_of_the_editor_is_there_with_its_parts(build):
    assert f"editor/jsme/{build}.cache.js" in FILES
    assert f"editor/jsme/deferredjs/{build}/1.cache.js" in FILES


def test_the_editor_s_licence_comes_with_it():
    assert "Redistribution" in (PAGE / "editor/jsme/license.txt").read_text(encoding="utf-8")


def test_no_file_outside_of_the_page_is_given(server):
    outside = ["/../app.py", "/..%2fapp.py", "/%2e%2e/app.py", "/explanation/../../app.py", "//etc/passwd", "/%00"]
    for path in outside:
        connection = HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", path)  # as it is, which other clients would shorten
        told = connection.getresponse()
        assert told.status in (400, 404) and b"import" not in told.read(), path
