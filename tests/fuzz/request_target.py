"""Bodies of requests: through the schema and prompts alone (fast), and through the whole application (`AppTarget`)."""

import json
from random import Random
from typing import Any

from pydantic import ValidationError

from llamo.serving.bodies import ChatBody, EmbeddingBody, ExplanationBody
from llamo.serving.errors import RequestError
from llamo.serving.limits import Limits
from llamo.serving.prompts import PromptBuilder
from processors import MoleculeGraph
from tests.fuzz.laws import hold, refusal
from tests.fuzz.prompt_target import GRAPHS, processors, special_counts
from tests.fuzz.smiles import mutate
from tests.fuzz.texts import dumps, hostile, mutate_bytes, mutate_value

ROUTES = ("/v1/chat/completions", "/v1/embeddings", "/v1/explanations", "/draw")


def make_body(random: Random, seeds: tuple[str, ...]) -> tuple[str, bytes]:
    """A route and its body; of `/draw`, the SMILES."""
    molecule = mutate(random, seeds) if random.random() < 0.4 else random.choice(seeds)
    route = random.choice((*ROUTES[:1] * 6, *ROUTES[1:]))
    if route == "/draw":
        return route, molecule.encode("utf-8", "replace")
    body: Any = {
        "model": "tiny",
        "input": random.choice((molecule, [molecule, "CCO"])),
        "level": random.choice((0, "tokens", "motif")),
    }
    if route != "/v1/embeddings":
        text = random.choice(("What is it?", hostile(random), f"About <mol>{molecule}</mol>?"))
        parts = [{"type": "molecule", "smiles": molecule}, {"type": "text", "text": text}]
        turns = [{"role": "user", "content": random.choice((text, parts, parts))}]
        if random.random() < 0.3:
            turns = [
                {"role": "system", "content": hostile(random)},
                *turns,
                {"role": "assistant", "content": hostile(random)},
                *turns,
            ]
        body = {"model": "tiny", "messages": turns}
        body |= (
            {"answer": "yes"}
            if route == "/v1/explanations"
            else {"max_tokens": 2, "temperature": 0.5, "seed": 1, "stop": "x"}
        )
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        body = mutate_value(body, random)
    written = dumps(body)
    return route, mutate_bytes(written, random) if random.random() < 0.2 else written


class RequestTarget:
    """Schema and prompts."""

    name = "requests"

    def __init__(self, seeds: tuple[str, ...]):
        self.seeds = seeds
        self.builders = {name: PromptBuilder(one, Limits(), 2_000) for name, one in processors().items()}

    def make(self, random: Random) -> tuple[str, bytes]:
        """A route and a body."""
        return make_body(random, self.seeds)

    def check(self, made: tuple[str, bytes], random: Random) -> str:
        """A prompt has the graph tokens of its molecules, and special tokens as often as a harmless one."""
        route, written = made
        name = random.choice(list(self.builders))
        builder = self.builders[name]
        try:
            if route == "/draw":
                builder.molecule(written.decode("utf-8", "replace"), "smiles")
                return "accepted: molecule"
            body = _BODIES[route].model_validate(json.loads(written))
            if isinstance(body, EmbeddingBody):
                for one in body.molecules:
                    builder.molecule(one, "input")
                return "accepted: embeddings"
            messages = builder.messages(body)
            if not isinstance(body, ChatBody):
                return "accepted: explanation"
            prompt = builder.build(body)
        except RequestError as error:
            return refusal(error, kind=error.code or error.param or "request")
        except ValidationError:
            return "refused: schema"
        except (ValueError, RecursionError) as error:
            hold(
                isinstance(error, json.JSONDecodeError | UnicodeDecodeError | RecursionError)
                or "integer string" in str(error),
                "only JSON is refused so",
            )
            return "refused: no JSON"
        _check_prompt(builder, messages, prompt.ids, prompt.graphs)
        return "accepted: prompt"


_BODIES: dict[str, Any] = {ROUTES[0]: ChatBody, ROUTES[1]: EmbeddingBody, ROUTES[2]: ExplanationBody}


def _check_prompt(builder: PromptBuilder, messages: list[dict[str, Any]], ids: list[int], graphs: dict[str, Any]):
    found = [
        part["molecule"]
        for one in messages
        if isinstance(one["content"], list)
        for part in one["content"]
        if part["type"] == "molecule"
    ]
    processor = builder.processor
    hold(ids.count(processor.graph_token_id) == GRAPHS * len(found), "graph tokens of its molecules only")
    if found:
        hold(graphs["graph_node_counts"].tolist() == [len(one.node_ids) for one in found], "molecules in their order")
    plain = [{**one, "content": _harmless(one["content"])} for one in messages]
    twin = processor.apply_chat_template([plain], add_generation_prompt=True, tokenize=True, return_dict=True)[
        "input_ids"
    ][0]
    mine, other = special_counts(processor, ids), special_counts(processor, list(twin))
    mine.pop("<unk>", None), other.pop("<unk>", None)
    hold(mine == other, f"text forges special tokens: {mine}, not {other}")


def _harmless(content: Any) -> Any:
    if isinstance(content, str):
        return "text"
    return [
        part if isinstance(part.get("molecule"), MoleculeGraph) else {"type": "text", "text": "text"}
        for part in content
    ]


class AppTarget:
    """The whole application, in a thread."""

    name = "app"

    def __init__(self, seeds: tuple[str, ...]):
        self.seeds, self.client = seeds, None

    def make(self, random: Random) -> tuple[str, bytes]:
        """A route and a body."""
        return make_body(random, self.seeds)

    def _start(self) -> Any:
        from fastapi.testclient import TestClient

        from llamo.serving.app import build_app
        from tests.llamo.serving.servers import tiny_service

        client = TestClient(
            build_app(tiny_service(answer_tokens=3, default_tokens=2, timeout=30.0)), raise_server_exceptions=False
        )
        client.__enter__()
        return client

    def close(self):
        """Stops it."""
        if self.client is not None:
            self.client.__exit__(None, None, None)

    def check(self, made: tuple[str, bytes], random: Random) -> str:
        """An answer, or a refusal of 4xx in OpenAI's shape."""
        self.client = self.client or self._start()
        route, body = made
        if route == "/draw":
            answer = self.client.get(route, params={"smiles": body.decode("utf-8", "replace")})
        else:
            answer = self.client.post(route, content=body, headers={"content-type": "application/json"})
        if answer.status_code == 200:
            return f"accepted: {route}"
        hold(400 <= answer.status_code < 500, f"status {answer.status_code}: {answer.text[:200]}")
        told = answer.json()["error"]
        hold(set(told) == {"message", "type", "param", "code"}, "errors have OpenAI's shape")
        hold("Traceback" not in answer.text and len(answer.text) < 4_000, "no traceback, no echo of the body")
        refusal(ValueError(told["message"]))
        return f"refused: {answer.status_code} {told['code']}"
