"""SIGKILL in the middle of a run; the next run asks only the rest, and both together give every answer."""

import signal
import subprocess
import sys
import time

from llamo.baselines.endpoint import EndpointAnswerer
from tests.llamo.baselines.conftest import KEY, KEY_VARIABLE
from tests.llamo.baselines.proxy import say
from tests.llamo.baselines.tasks import example, task_of
from tests.paths import REPOSITORY

ROWS = 12
# Examples and task by their fields, since importing the real ones takes seconds.
PROGRAM = """
import sys
from types import SimpleNamespace
from llamo.baselines.endpoint import EndpointAnswerer
from llamo.baselines.endpoint_options import EndpointOptions

url, cache, variable, rows = sys.argv[1:]
options = EndpointOptions(cache, url, variable, concurrency=2)
task = SimpleNamespace(answer="text", max_new_tokens=8, parse=str.strip)
examples = [
    SimpleNamespace(row=row, molecules=("C" * (row + 1),), smiles="", prompt="Describe it.", target="", group=None)
    for row in range(int(rows))
]
list(EndpointAnswerer("m", task, options).answer(examples))
"""


def answer_slowly(request):
    def act(handler):
        time.sleep(0.1)
        say(f"Answer to {request.question}")(handler)

    return act


def test_a_killed_run_asks_nothing_twice_that_was_answered(canned, make_options, tmp_path):
    canned.always = answer_slowly
    options = make_options(canned, concurrency=2)
    command = [sys.executable, "-c", PROGRAM, canned.url, str(tmp_path / "cache"), KEY_VARIABLE, str(ROWS)]
    environment = {"PYTHONPATH": str(REPOSITORY), KEY_VARIABLE: KEY, "NO_PROXY": "127.0.0.1", "PATH": ""}
    killed = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while len(canned.requests) < 7:
        assert killed.poll() is None and time.monotonic() < deadline, killed.communicate()[1][-2000:]
        time.sleep(0.005)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    answered = (tmp_path / "cache" / "replies.jsonl").read_text().count("\n")
    assert 5 <= answered < ROWS

    canned.requests.clear()
    examples = [example(row, "C" * (row + 1)) for row in range(ROWS)]
    answers = {answer.row: answer.prediction for answer in EndpointAnswerer("m", task_of(), options).answer(examples)}
    assert answers == {row: f"Answer to {'C' * (row + 1)}\nDescribe it." for row in range(ROWS)}
    assert len(canned.requests) == ROWS - answered
