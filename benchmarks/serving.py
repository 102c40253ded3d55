"""Many clients at once against `llamo serve` with the compact model: is an answer lost or mixed up, how fast are they?

    python benchmarks/serving.py              # 64 clients that stream, a few minutes on two cores
    python benchmarks/serving.py --quick      # 8 clients, short answers

The server is a process of its own and shares the machine with the clients. Every client asks about another molecule of
the demo, all at the same moment. Right is what `Assistant.ask` answers to the same question alone. The same questions
one after the other through the same server are what throughput is compared with. Wall time, for waiting is what counts.
"""

import argparse
import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from openai import APIConnectionError, AsyncOpenAI, OpenAI

from benchmarks.measuring import Line, report
from llamo.assistant import DESCRIBE, Assistant
from llamo.compact.shipped import shipped
from llamo.demo.molecules import read_molecules

NAME = "llamo-compact"
COMMAND = "from llamo.serving.command import serve; serve(port={port})"


@dataclass(frozen=True)
class Answer:
    """What a client got, and when, in seconds after it asked."""

    text: str
    tokens: int
    first: float
    total: float


@contextmanager
def serving() -> Iterator[str]:
    """A server in a process of its own; gives its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", COMMAND.format(port=port)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[1], stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/v1"
    try:
        wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str, process: subprocess.Popen):
    """Returns when the server answers."""
    client = OpenAI(base_url=url, api_key="none", max_retries=0)
    while process.poll() is None:
        try:
            client.models.list()
            return
        except APIConnectionError:
            time.sleep(0.2)
    raise SystemExit(f"the server ended with code {process.returncode}")


async def ask(client: AsyncOpenAI, smiles: str, tokens: int) -> Answer:
    """One streamed answer."""
    start, first, text, made = time.perf_counter(), 0.0, "", 0
    content = [{"type": "molecule", "smiles": smiles}, {"type": "text", "text": DESCRIBE}]
    stream = await client.chat.completions.create(
        model=NAME,
        messages=[{"role": "user", "content": content}],  # type: ignore[list-item]
        max_tokens=tokens,
        stream=True,
        stream_options={"include_usage": True},
    )
    async for chunk in stream:
        piece = chunk.choices[0].delta.content if chunk.choices else None
        first = first or (time.perf_counter() - start if piece else 0.0)
        text += piece or ""
        made = chunk.usage.completion_tokens if chunk.usage else made
    return Answer(text, made, first, time.perf_counter() - start)


async def ask_all(url: str, smiles: Sequence[str], tokens: int, *, at_once: bool) -> list[Answer | BaseException]:
    """All answers, asked for at the same moment or one after the other."""
    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0, timeout=600) as client:
        if at_once:
            return await asyncio.gather(*(ask(client, one, tokens) for one in smiles), return_exceptions=True)
        return [await ask(client, one, tokens) for one in smiles]


def timed(url: str, smiles: Sequence[str], tokens: int, *, at_once: bool) -> tuple[dict[int, Answer], float]:
    """Answers by the number of their molecule, those that came to an end, and seconds."""
    start = time.perf_counter()
    found = asyncio.run(ask_all(url, smiles, tokens, at_once=at_once))
    seconds = time.perf_counter() - start
    return {row: one for row, one in enumerate(found) if isinstance(one, Answer) and one.tokens}, seconds


def percentiles(what: str, seconds: Sequence[float]) -> list[Line]:
    """Three lines of a table."""
    found = np.percentile(seconds, [50, 95, 99])
    return [Line(f"{what}, {name}", float(value)) for name, value in zip(("p50", "p95", "p99"), found, strict=True)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--clients", type=int)
    parser.add_argument("--tokens", type=int, help="largest answer")
    args = parser.parse_args()
    clients, tokens = args.clients or (8 if args.quick else 64), args.tokens or (24 if args.quick else 128)
    smiles = [molecule.smiles for molecule in read_molecules()][:clients]
    start = time.perf_counter()
    right = [reply.text for reply in Assistant.load(shipped()).ask(smiles, max_new_tokens=tokens, batch_size=1)]
    alone = time.perf_counter() - start
    with serving() as url:
        timed(url, smiles[:2], tokens, at_once=True)  # warms up
        single, single_seconds = timed(url, smiles, tokens, at_once=False)
        many, many_seconds = timed(url, smiles, tokens, at_once=True)
    made = sum(answer.tokens for answer in many.values())
    rates = made / many_seconds, sum(answer.tokens for answer in single.values()) / single_seconds
    differ = sum(answer.text != right[row] for answers in (many, single) for row, answer in answers.items())
    lines = [
        Line(f"answers lost, of {clients} asked for at once", clients - len(many), 0),
        Line(f"answers other than alone, of {2 * clients}", differ, 0, note="at once and one after the other"),
        Line("tokens per second, at once / one after the other", rates[0] / rates[1], 2, at_least=True),
        Line("tokens per second, at once", rates[0], note=f"{made} tokens in {many_seconds:.1f} s"),
        Line("tokens per second, one after the other", rates[1]),
        Line(
            "seconds, one after the other / `Assistant.ask`, batch size 1",
            single_seconds / alone,
            note="which also scores",
        ),
        *percentiles("seconds to the first text, at once", [answer.first for answer in many.values()]),
        *percentiles("seconds to the end, at once", [answer.total for answer in many.values()]),
        *percentiles("seconds to the first text, one after the other", [answer.first for answer in single.values()]),
        *percentiles("seconds to the end, one after the other", [answer.total for answer in single.values()]),
    ]
    report("serving", lines, clients=clients, tokens=tokens)


if __name__ == "__main__":
    main()
