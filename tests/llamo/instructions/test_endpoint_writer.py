"""Conversations from a real HTTP server with faults: retried, cached, resumed after a kill, counted."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from llamo.checking import Context
from llamo.instructions.build import BuildOptions, build
from llamo.instructions.endpoint_writer import EndpointWriter
from llamo.instructions.material import Material
from llamo.instructions.prompting import Prompting
from tests.llamo.baselines.conftest import KEY, KEY_VARIABLE, canned, make_options  # noqa: F401
from tests.llamo.baselines.proxy import say
from tests.paths import REPOSITORY

MATERIALS = [
    Material(row, "C" * (row + 1) + "O", Context(f"The molecule is alcohol number {row}.")) for row in range(10)
]


def conversation(request) -> str:
    """A good conversation about the alcohol that is asked about, its formula computed here."""
    carbons = request.question.splitlines()[0].removeprefix("SMILES: ").count("C")
    formula = f"C{carbons if carbons > 1 else ''}H{2 * carbons + 2}O"
    return (
        f"Q: What kind of compound is this?\nA: It is alcohol number {carbons - 1}.\n"
        f"Q: What is its formula?\nA: {formula}\n"
        f"Q: How many carbon atoms does it have?\nA: {carbons}"
    )


def write(request):
    return say(conversation(request))


def test_what_is_asked_and_what_comes_back(canned, make_options, tmp_path):  # noqa: F811
    canned.always = write
    writer = EndpointWriter(
        "m", make_options(canned, concurrency=3, input_price=1.0, output_price=2.0), Prompting(shown=2)
    )
    manifest = build(MATERIALS, writer, tmp_path / "run", BuildOptions())
    assert manifest["counts"]["conversations"] == 10
    assert "cost" in manifest["cost"]
    assert KEY not in (tmp_path / "run" / "manifest.json").read_text()
    chat = canned.requests[0].body["messages"]
    assert [message["role"] for message in chat] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert chat[-1]["content"].startswith("SMILES: C")
    assert chat[2]["content"].startswith("Q: ")


def test_faults_pass_and_bad_replies_are_asked_for_again(canned, make_options, tmp_path):  # noqa: F811
    def fail(handler):
        handler.respond(503, b"{}")

    def rate_limit(handler):
        handler.respond(429, b'{"error": {"message": "slow"}}', **{"Retry-After": "0"})

    def garbage(handler):
        handler.respond(200, b"<html>")

    canned.always = write
    canned.actions.extend([fail, rate_limit, garbage, say("I cannot do that."), say("Q: What?\nA: It has 3 rings.")])
    writer = EndpointWriter("m", make_options(canned, concurrency=1), Prompting())
    manifest = build(MATERIALS, writer, tmp_path / "run", BuildOptions())
    assert manifest["counts"]["conversations"] == 10
    assert manifest["counts"]["drafts"] == 12
    assert manifest["reject_reasons"]["no conversation"] == 1


def test_an_endpoint_that_refuses_all_is_an_error(canned, make_options, tmp_path):  # noqa: F811
    canned.always = lambda request: lambda handler: handler.respond(401, b'{"error": {"message": "bad key"}}')
    writer = EndpointWriter("m", make_options(canned), Prompting())
    with pytest.raises(ValueError, match="row"):
        build(MATERIALS, writer, tmp_path / "run", BuildOptions())


def test_a_cut_off_reply_is_refused_by_its_reason(canned, make_options, tmp_path):  # noqa: F811
    canned.always = lambda request: say(conversation(request), finish_reason="length")
    writer = EndpointWriter("m", make_options(canned), Prompting())
    manifest = build(MATERIALS[:2], writer, tmp_path / "run", BuildOptions(attempts=1))
    assert manifest["reject_reasons"] == {"finish_reason length": 2}


PROGRAM = """
import sys
from pathlib import Path
from llamo.cli import main
main()
"""


def test_a_killed_run_pays_nothing_twice(canned, tmp_path, monkeypatch):  # noqa: F811
    def slowly(request):
        def act(handler):
            time.sleep(0.15)
            say(conversation(request))(handler)

        return act

    canned.always = slowly
    table = tmp_path / "mine.csv"
    rows = [f"{one.smiles},{one.context.description}" for one in MATERIALS]
    table.write_text("\n".join(["smiles,description", *rows]) + "\n")
    options = [
        f"base_url={canned.url}",
        f"cache_folder={tmp_path / 'cache'}",
        f"api_key_variable={KEY_VARIABLE}",
        "concurrency=2",
    ]
    command = [sys.executable, "-c", PROGRAM, "build-instructions", str(table), str(tmp_path / "run")]
    command += ["--backend", "endpoint", "--model", "m", *(part for one in options for part in ("--endpoint", one))]
    environment = {**os.environ, KEY_VARIABLE: KEY, "NO_PROXY": "127.0.0.1", "PYTHONPATH": str(REPOSITORY)}
    killed = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while len(canned.requests) < 5:
        assert killed.poll() is None and time.monotonic() < deadline, killed.communicate()[1][-2000:]
        time.sleep(0.005)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    answered = (tmp_path / "cache" / "replies.jsonl").read_text().count("\n")
    assert 2 <= answered < len(MATERIALS)
    canned.requests.clear()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["counts"]["conversations"] == len(MATERIALS)
    assert len(canned.requests) == len(MATERIALS) - answered
