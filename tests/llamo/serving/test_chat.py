"""`/v1/chat/completions` with OpenAI's own client against a real server."""

import threading
import time

import httpx2 as httpx
import openai
import pytest

from llamo.assistant import Assistant
from llamo.compact import shipped
from llamo.serving import chat
from llamo.serving.command import load
from llamo.serving.limits import Limits
from tests.llamo.serving.servers import running, tiny_service
from tests.llamo.serving.test_engine import endless

ASPIRIN, CAFFEINE = "CC(=O)Oc1ccccc1C(=O)O", "Cn1c(=O)c2c(ncn2C)n(C)c1=O"
needs_weights = pytest.mark.skipif(
    not (shipped.FOLDER / "config.json").is_file(), reason="no trained weights here (llamo/compact/weights)"
)


@pytest.fixture(scope="module")
def server():
    with running(tiny_service(*endless(), answer_tokens=100_000, max_batch=4)) as one:
        yield one


@pytest.fixture(scope="module")
def compact():
    with running(load(None, device="cpu", name=None, limits=Limits())) as one:
        yield one


@pytest.fixture(scope="module")
def assistant():
    return Assistant.load(shipped.shipped())


def ask(server, content, **options):
    messages = content if isinstance(content, list) and "role" in content[0] else [{"role": "user", "content": content}]
    client = options.pop("client", None) or server.client()
    return client.chat.completions.create(model=server.service.name, messages=messages, **options)


def about(smiles: str, question: str) -> list[dict]:
    return [{"type": "molecule", "smiles": smiles}, {"type": "text", "text": question}]


@needs_weights
def test_the_answer_is_the_assistant_s(compact, assistant):
    [reply] = assistant.ask([ASPIRIN])
    answer = ask(compact, about(ASPIRIN, "Describe this molecule."))
    assert answer.choices[0].message.content == reply.text
    assert (answer.model, answer.choices[0].finish_reason) == ("llamo-compact", "stop")


@needs_weights
def test_the_answer_with_retrieved_captions_is_the_assistant_s(compact, assistant):
    [reply] = assistant.ask([ASPIRIN], retrieve=3)
    answer = ask(compact, about(ASPIRIN, "Describe this molecule."), extra_body={"retrieve": 3})
    assert answer.choices[0].message.content == reply.text


@needs_weights
def test_sixteen_at_a_time_get_their_own_answers(compact, assistant):
    smiles = ["CCO", ASPIRIN, CAFFEINE, "C1CCCCC1", "CC(N)C(=O)O", "c1ccccc1O", "CCN(CC)CC", "O=C(O)CCC(=O)O"] * 2
    questions = ["Describe this molecule."] * 8 + ["How many rings does it have?"] * 8
    expected = [reply.text for reply in assistant.ask(smiles, questions, batch_size=1, max_new_tokens=40)]
    found: dict[int, str] = {}

    def one(number: int):
        stream = ask(compact, about(smiles[number], questions[number]), max_tokens=40, stream=True)
        found[number] = "".join(chunk.choices[0].delta.content or "" for chunk in stream)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(16)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [found[number] for number in range(16)] == expected


@needs_weights
def test_several_turns_with_several_molecules_are_answered(compact):
    first = ask(compact, "Describe <mol>CCO</mol>.", max_tokens=20).choices[0].message
    turns = [
        {"role": "user", "content": "Describe <mol>CCO</mol>."},
        first,
        {"role": "user", "content": "<mol>C</mol>?"},
    ]
    assert ask(compact, turns, max_tokens=5).usage.prompt_tokens > 2 * 28


def test_chunks_make_the_whole_answer_and_the_last_tells_the_usage(server):
    options = {"max_tokens": 30, "logprobs": True, "top_logprobs": 2}
    whole = ask(server, "<mol>CCO</mol> What?", **options)
    *chunks, last = ask(server, "<mol>CCO</mol> What?", stream=True, stream_options={"include_usage": True}, **options)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["length"]
    assert last.usage == whole.usage and last.usage.completion_tokens == 30
    told = [one for chunk in chunks if chunk.choices[0].logprobs for one in chunk.choices[0].logprobs.content]
    assert [one.logprob for one in told] == pytest.approx([one.logprob for one in whole.choices[0].logprobs.content])
    assert all(one.top_logprobs[0].logprob == pytest.approx(one.logprob) for one in told)  # greedy


@pytest.mark.parametrize("stream", [False, True])
def test_a_stop_text_ends_the_answer(server, stream):
    whole = ask(server, "What?", max_tokens=20).choices[0].message.content
    stop = whole[3:5]
    found = ask(server, "What?", max_tokens=20, stop=stop, stream=stream)
    text = "".join(one.choices[0].delta.content or "" for one in found) if stream else found.choices[0].message.content
    assert text == whole.partition(stop)[0].strip()


def test_a_seed_repeats_a_sampled_answer(server):
    options = {"max_tokens": 20, "temperature": 1.0, "top_p": 0.9}
    first, again, other = (ask(server, "What?", seed=seed, **options) for seed in (1, 1, 2))
    assert first.choices[0].message.content == again.choices[0].message.content != other.choices[0].message.content


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"content": "<mol>C1C</mol>?"}, openai.BadRequestError, "messages[0].content: cannot read molecule 'C1C'"),
        ({"content": "What?", "n": 2}, openai.BadRequestError, "n: Input should be 1, got 2"),
        ({"content": "What?", "tools": []}, openai.BadRequestError, "tools is not supported here"),
        ({"content": [{"type": "image_url"}]}, openai.BadRequestError, "'image_url'"),
        ({"content": [{"type": "text"}]}, openai.BadRequestError, "messages[0].content[0].text: Field required"),
        ({"content": "What?", "max_tokens": 10**6}, openai.BadRequestError, "max_tokens is 1000000"),
    ],
)
def test_a_mistake_is_told_in_one_line(server, options, error, words):
    with pytest.raises(error) as caught:
        ask(server, **options)
    assert words in caught.value.body["message"]
    assert "\n" not in caught.value.body["message"] and caught.value.type == "invalid_request_error"


def test_another_model_is_not_found(server):
    with pytest.raises(openai.NotFoundError, match="this server has 'tiny'"):
        server.client().chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": "What?"}])


def test_a_client_that_leaves_a_stream_takes_its_row_along(server):
    stream = ask(server, "What?", max_tokens=50_000, stream=True)
    next(iter(stream))
    assert server.settle(lambda: server.service.engine.running == 1)
    stream.close()
    assert server.settle(lambda: server.service.engine.running == 0)


def test_a_client_that_gives_up_waiting_takes_its_row_along(server):
    with pytest.raises(openai.APITimeoutError):
        ask(server, "What?", max_tokens=50_000, client=server.client(timeout=0.5))
    assert server.settle(lambda: server.service.engine.running == 0)


@pytest.mark.parametrize("stream", [False, True])
def test_a_request_that_takes_too_long_gets_an_error(stream):
    with running(tiny_service(*endless(), timeout=0.5, answer_tokens=100_000)) as server:
        with pytest.raises(openai.APIError, match=r"no complete answer within 0\.5 s"):
            found = ask(server, "What?", max_tokens=50_000, stream=stream)
            list(found if stream else ())
        assert server.service.engine.running == 0


def test_a_full_queue_is_told_with_a_time_to_try_again():
    with running(tiny_service(*endless(), max_batch=1, queue=0, answer_tokens=100_000)) as server:
        stream = ask(server, "What?", max_tokens=50_000, stream=True)
        with pytest.raises(openai.RateLimitError) as caught:
            ask(server, "What?", max_tokens=1)
        assert caught.value.response.headers["retry-after"] == "1"
        stream.close()
        assert server.settle(lambda: server.service.engine.running == 0)
        assert ask(server, "What?", max_tokens=1).usage.completion_tokens == 1


def test_prompts_wait_while_their_place_is_taken(server):
    streams = [ask(server, "What?", max_tokens=50_000, stream=True) for _ in range(4)]
    threading.Timer(0.5, streams[0].close).start()
    start = time.monotonic()
    assert ask(server, "What?", max_tokens=1).choices[0].finish_reason == "length"
    assert time.monotonic() - start > 0.3
    [stream.close() for stream in streams]
    assert server.settle(lambda: server.service.engine.running == 0)


def test_a_client_that_leaves_before_the_stream_begins_takes_its_row_along(server, monkeypatch):
    build = server.service.prompts.build
    monkeypatch.setattr(server.service.prompts, "build", lambda body: (time.sleep(0.3), build(body))[1])
    body = {"model": "tiny", "messages": [{"role": "user", "content": "What?"}], "stream": True, "max_tokens": 50_000}
    with pytest.raises(httpx.TimeoutException):
        httpx.post(f"{server.url}/v1/chat/completions", json=body, timeout=0.1)
    assert server.settle(lambda: server.service.engine.waiting + server.service.engine.running == 0, 10)


@pytest.mark.parametrize("stream", [False, True])
def test_who_waits_for_a_model_that_is_stuck_gets_an_error(monkeypatch, stream):
    monkeypatch.setattr(chat, "_LATE", 0.2)
    with running(tiny_service(*endless(), timeout=0.5)) as server:
        stuck = threading.Event()
        monkeypatch.setattr(server.service.engine._batch, "step", lambda tokens: stuck.wait(20))
        with pytest.raises(openai.APIError, match="the model does not answer"):
            found = ask(server, "What?", stream=stream)
            list(found if stream else ())
        stuck.set()
