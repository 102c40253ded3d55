"""`/v1/explanations`: the explanation that `llamo.explain` gives alone, with limits, beside running answers."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx2 as httpx
import numpy as np
import pytest

from llamo.assistant import Assistant
from llamo.explain import explain
from llamo.serving.explanations import explain_in_steps
from processors.retrieval import CaptionIndex
from tests.llamo.explain.questions import assistant
from tests.llamo.serving.servers import running, tiny_service
from tests.text import model_and_processor

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


@pytest.fixture(scope="module")
def server():
    model, processor = model_and_processor()
    processor.captions = CaptionIndex(["CCO", "CCN"], ["Ethanol.", "Ethylamine."])
    with running(tiny_service(model, processor, explained_atoms=20, explained_tokens=12)) as one:
        yield one


def talk(*smiles: str, question: str = "What is it?") -> list[dict]:
    parts = [{"type": "molecule", "smiles": one} for one in smiles]
    return [{"role": "user", "content": [*parts, {"type": "text", "text": question}]}]


def asked(server, messages, answer="one ring", **fields) -> httpx.Response:
    body = {"model": "tiny", "messages": messages, "answer": answer, **fields}
    return httpx.post(f"{server.url}/v1/explanations", json=body, timeout=60)


def same(served, alone):
    """Whether two records are the same, numbers up to rounding."""
    assert type(served) is type(alone)
    if isinstance(alone, dict):
        assert served.keys() == alone.keys()
        for name in alone:
            same(served[name], alone[name])
    elif isinstance(alone, list) and alone and not isinstance(alone[0], dict | str):
        np.testing.assert_allclose(served, alone, atol=1e-4)
    elif isinstance(alone, list):
        [same(*pair) for pair in zip(served, alone, strict=True)]
    elif isinstance(alone, float):
        assert served == pytest.approx(alone, abs=1e-4)
    else:
        assert served == alone


def without_looks(record: dict) -> dict:
    molecules = [{name: value for name, value in one.items() if name != "svg"} for one in record["molecules"]]
    return {**{name: value for name, value in record.items() if name not in ("html", "model")}, "molecules": molecules}


@pytest.mark.parametrize("smiles", [[ASPIRIN], ["OCC", "CCN"]], ids=["one molecule", "several"])
def test_an_explanation_is_that_of_the_model_alone(server, smiles):
    served = asked(server, talk(*smiles))
    assert served.status_code == 200
    alone = explain(assistant(), smiles, "What is it?", answer="one ring")
    same(without_looks(served.json()), without_looks(alone.to_dict()))


def test_captions_stand_in_the_prompt_as_they_did_for_the_answer(server):
    with_captions, without = (asked(server, talk("CCO"), retrieve=count).json() for count in (2, 0))
    assert with_captions["log_probability"] != without["log_probability"]
    helped = Assistant(assistant().model, server.service.prompts.processor)
    alone = explain(helped, "CCO", "What is it?", answer="one ring", retrieve=2)
    same(without_looks(with_captions), without_looks(alone.to_dict()))


def test_a_later_turn_is_explained_by_all_molecules_of_the_talk(server):
    messages = [*talk("CCO"), {"role": "assistant", "content": "Ethanol."}, *talk("C", question="And that?")]
    found = asked(server, messages).json()
    assert [one["smiles"] for one in found["molecules"]] == ["CCO", "C"] and found["question"] == "And that?"
    assert np.any(found["molecules"][0]["effects"]["graph alone"]["atoms"])


def test_a_model_that_shows_no_attention_has_effects_alone():
    with running(tiny_service(*model_and_processor(projector_type="resampler"))) as server:
        [one] = asked(server, talk("CCO")).json()["molecules"]
    assert one["attention"] is None and "attention" not in one["quantities"]


def test_what_a_page_shows_has_no_style_of_its_own_and_the_model_s_public_name(server):
    found = asked(server, talk("CCO")).json()
    assert found["model"] == "tiny"
    assert "style=" not in found["html"] and 'class="atom"' in found["html"]


def test_texts_are_escaped(server):
    attack = "<img src=x>"
    found = asked(server, talk("CCO", question=attack), answer=attack).json()
    assert "<img" not in found["html"] and "&lt;img" in found["html"]


@pytest.mark.parametrize(
    ("messages", "fields", "words"),
    [
        (talk("C1C"), {}, "messages[0].content[0].smiles: cannot read molecule 'C1C'"),
        (talk(), {}, "the molecules have 0 atoms together"),
        (talk("C" * 12, "C" * 12), {}, "24 atoms together, expected 1 to 20"),
        (talk("CCO"), {"answer": " "}, "answer: the answer to explain is empty"),
        (talk("CCO"), {"answer": "x" * 12}, "answer: it has 13 tokens, at most 12"),
        (talk("CCO", question="x" * 3000), {}, "tokens, at most"),
        ([*talk("CCO"), {"role": "assistant", "content": "x"}], {}, "the last message must be the user's"),
        (talk("CCO"), {"stream": True}, "stream is not supported here"),
        ([], {}, "messages"),
    ],
)
def test_a_mistake_is_told(server, messages, fields, words):
    answer = asked(server, messages, **fields)
    assert answer.status_code == 400 and words in answer.json()["error"]["message"]
    assert server.service.engine.waiting == 0


def test_without_an_index_no_captions_can_be_asked_for():
    with running(tiny_service()) as server:
        answer = asked(server, talk("CCO"), retrieve=1)
    assert answer.status_code == 400 and "no caption index" in answer.json()["error"]["message"]


def test_another_model_is_not_found(server):
    assert asked(server, talk("CCO"), model="other").status_code == 404


def test_it_needs_the_key_and_takes_a_place():
    with running(tiny_service(max_batch=1, queue=0), key="secret") as server:
        assert asked(server, talk("CCO")).status_code == 401
        server.service.engine.reserve()
        body = {"model": "tiny", "messages": talk("CCO"), "answer": "x"}
        options = {"json": body, "headers": {"Authorization": "Bearer secret"}}
        assert httpx.post(f"{server.url}/v1/explanations", **options).status_code == 429
        server.service.engine.release()


@pytest.fixture
def passes(monkeypatch):
    """How many steps explanations took."""
    taken = []

    def slow(*arguments, **options):
        steps = explain_in_steps(*arguments, **{**options, "batch_size": 1})
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value
            taken.append(time.sleep(0.02))
            yield

    monkeypatch.setattr("llamo.serving.explanations.explain_in_steps", slow)
    return taken


def test_answers_go_on_between_its_steps_and_are_what_they_are_alone(server, passes):
    def answer():
        found = server.client().chat.completions.create(model="tiny", messages=talk("CCO"), max_tokens=5)
        return found.choices[0].message.content, len(passes)

    alone, _ = answer()
    with ThreadPoolExecutor(1) as pool:
        explained = pool.submit(asked, server, talk(ASPIRIN))
        assert server.settle(lambda: len(passes) > 1)
        beside, taken = answer()
        assert explained.result().status_code == 200
    assert beside == alone and taken < len(passes)


def test_a_client_that_goes_away_ends_it(server, passes):
    body = {"model": "tiny", "messages": talk(ASPIRIN), "answer": "x"}
    with pytest.raises(httpx.TimeoutException):
        httpx.post(f"{server.url}/v1/explanations", json=body, timeout=0.3)
    assert server.settle(lambda: server.service.engine.waiting == 0)
    time.sleep(0.2)  # for the step that was running
    taken = len(passes)
    time.sleep(0.2)
    assert len(passes) == taken < 40


def test_one_that_takes_too_long_gets_a_timeout(passes):
    with running(tiny_service(timeout=0.3)) as server:
        answer = asked(server, talk(ASPIRIN))
        assert answer.status_code == 504 and server.settle(lambda: server.service.engine.waiting == 0)
