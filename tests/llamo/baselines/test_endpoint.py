"""A chat endpoint over real HTTP: a language model behind `transformers serve`, with faults injected on the way."""

import json
import time
from collections import Counter

import pytest
import torch
from transformers import AutoTokenizer, LlamaForCausalLM

from llamo.baselines.asking import FAILURES_IN_A_ROW
from llamo.baselines.endpoint import EndpointAnswerer
from tests.llamo.baselines.conftest import CHAT_TEMPLATE, KEY
from tests.llamo.baselines.proxy import content, cut_off, echo_key, hang, reset, say, status
from tests.llamo.baselines.tasks import example, task_of

SMILES = ("CCO", "c1ccccc1", "CC(=O)O", "CN")
EXAMPLES = [example(row, smiles, "An example.") for row, smiles in enumerate(SMILES)]


@pytest.fixture(scope="session")
def truth(model_folder):
    """What the model says to each question when it is asked without any endpoint."""
    model = LlamaForCausalLM.from_pretrained(model_folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    answers = {}
    for one in EXAMPLES:
        prompt = f"user: {one.smiles}\nDescribe it.\nassistant:"
        assert CHAT_TEMPLATE.startswith("{% for message in messages %}{{ message.role }}: {{ message.content }}\n")
        inputs = tokenizer(prompt, return_tensors="pt")
        with torch.inference_mode():
            ids = model.generate(**inputs, max_new_tokens=8, do_sample=False)[0, inputs["input_ids"].shape[1] :]
        answers[one.row] = tokenizer.decode(ids, skip_special_tokens=True).strip()
    return answers


def endpoint(model, options, **settings) -> EndpointAnswerer:
    return EndpointAnswerer(str(model), settings.pop("task", task_of()), options, **settings)


def predictions(answerer, examples=EXAMPLES) -> dict[int, str]:
    return {answer.row: answer.prediction for answer in answerer.answer(examples)}


def questions(proxy) -> Counter:
    return Counter(request.question for request in proxy.requests)


def test_the_model_says_something_else_to_each_question(truth):
    assert len(set(truth.values())) == len(EXAMPLES)


def test_answers_are_those_of_the_model(proxy, model_folder, make_options, truth):
    assert predictions(endpoint(model_folder, make_options(proxy))) == truth


FAULTS = {
    "429": status(429, "slow down"),
    "500": status(500),
    "503": status(503),
    "a body that breaks off": cut_off,
    "a connection that breaks off": reset,
    "a page instead of an answer": content("<html>Bad gateway</html>", kind="text/html"),
    "a page that says it is JSON": content("<html>Bad gateway</html>"),
    "half of the JSON": content('{"choices": [{"message": {"content": "An al'),
    "no choices": content('{"choices": []}'),
    "an error with status 200": content('{"error": {"message": "overloaded"}}'),
    "null": content("null"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_costs_one_more_request_and_no_answer(proxy, model_folder, make_options, truth, fault):
    proxy.actions.extend([fault])
    assert predictions(endpoint(model_folder, make_options(proxy))) == truth
    assert sorted(questions(proxy).values()) == [1] * (len(EXAMPLES) - 1) + [2]


def test_a_server_that_hangs_is_asked_again(proxy, model_folder, make_options, truth):
    proxy.actions.extend([hang(8)])
    assert predictions(endpoint(model_folder, make_options(proxy, timeout=4.0))) == truth
    assert sorted(questions(proxy).values()) == [1] * (len(EXAMPLES) - 1) + [2]


def test_every_request_may_fail_several_times(proxy, model_folder, make_options, truth):
    proxy.actions.extend([status(500), cut_off, reset, status(503)] * 3)
    assert predictions(endpoint(model_folder, make_options(proxy))) == truth
    assert len(proxy.requests) == len(EXAMPLES) + 12


def test_retry_after_holds_back_every_request(canned, make_options):
    canned.actions.extend([status(429, **{"Retry-After": "1"})])
    canned.always = lambda request: say("An alcohol.")
    assert len(predictions(endpoint("m", make_options(canned, concurrency=1)))) == len(EXAMPLES)
    first, second, *_ = canned.requests
    assert second.question == first.question
    assert second.time - first.time >= 1


def test_a_wrong_key_ends_the_run_at_once(canned, make_options):
    canned.always = lambda request: echo_key
    with pytest.raises(ValueError, match=r"status 401.*SOME_ENDPOINT_KEY") as caught:
        predictions(endpoint("m", make_options(canned, concurrency=1)))
    assert len(canned.requests) == 1
    assert canned.url in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_key_is_sent_and_told_to_nobody(canned, make_options, tmp_path, caplog):
    canned.actions.extend([status(500, f"key {KEY}"), say("An alcohol."), echo_key])
    with pytest.raises(ValueError, match=r"\[key\]") as caught:
        predictions(answerer := endpoint("m", make_options(canned, concurrency=1)))
    assert canned.requests[0].authorization == f"Bearer {KEY}"
    written = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert "An alcohol." in written
    for text in (str(caught.value), written, caplog.text, json.dumps(answerer.settings()), repr(answerer.options)):
        assert KEY not in text


@pytest.mark.parametrize("code", [400, 403, 404, 422])
def test_what_is_refused_is_not_asked_again(canned, make_options, code):
    canned.always = lambda request: status(code, "no such model")
    with pytest.raises(
        ValueError, match=rf"row \d: status {code} from {canned.url}/chat/completions: .*no such model; "
    ):
        predictions(endpoint("m", make_options(canned, concurrency=1)))
    assert len(canned.requests) == 1


def test_a_used_up_quota_is_not_waited_for(canned, make_options):
    canned.always = lambda request: status(429, "no credit", "insufficient_quota")
    with pytest.raises(ValueError, match="quota is used up"):
        predictions(endpoint("m", make_options(canned, concurrency=1)))
    assert len(canned.requests) == 1


@pytest.mark.parametrize("code, attempts", [(500, 3), (400, 1)])
def test_a_row_that_fails_is_named_when_the_others_are_answered_and_asked_alone_next_time(
    canned, make_options, code, attempts
):
    bad = "c1ccccc1\nDescribe it."
    canned.always = lambda request: status(code) if request.question == bad else say("An alcohol.")
    options = make_options(canned, attempts=3, concurrency=1)
    answers = endpoint("m", options).answer(EXAMPLES)
    assert {next(answers).row for _ in range(3)} == {0, 2, 3}
    with pytest.raises(ValueError, match=f"1 of 4 rows have no answer; failed: 1; row 1: .*status {code}"):
        next(answers)
    assert len(canned.requests) == 3 + attempts

    canned.requests.clear()
    canned.always = lambda request: say("Benzene.")
    assert predictions(endpoint("m", options))[1] == "Benzene."
    assert len(canned.requests) == 1


def test_a_dead_endpoint_is_given_up_after_a_few_rows(canned, make_options):
    canned.always = lambda request: status(503)
    many = [example(row, "C" * (row + 1)) for row in range(30)]
    with pytest.raises(ValueError, match=r"30 of 30 rows have no answer \(20 were not asked any more\)"):
        predictions(endpoint("m", make_options(canned, attempts=1, concurrency=1)), many)
    assert FAILURES_IN_A_ROW <= len(canned.requests) < 30


def test_nothing_at_the_address_is_a_clear_error(canned, make_options):
    options = make_options(canned, attempts=2)
    canned.close()
    with pytest.raises(ValueError, match=r"row 0: Connection error\. \(http://127.0.0.1:\d+/v1/chat/completions\)"):
        predictions(endpoint("m", options))


def test_a_second_run_asks_nothing(proxy, model_folder, make_options, truth):
    options = make_options(proxy)
    predictions(endpoint(model_folder, options))
    proxy.requests.clear()
    assert predictions(endpoint(model_folder, options)) == truth
    assert proxy.requests == []


def test_whoever_stops_reading_answers_stops_the_asking(canned, make_options):
    canned.always = lambda request: say("An alcohol.")
    answers = endpoint("m", make_options(canned, concurrency=1)).answer(EXAMPLES)
    next(answers)
    answers.close()
    assert len(canned.requests) == 1


def test_rows_that_are_done_are_not_asked(canned, make_options):
    canned.always = lambda request: say("An alcohol.")
    answers = endpoint("m", make_options(canned)).answer(EXAMPLES, done={0, 1, 3})
    assert [answer.row for answer in answers] == [2]
    assert len(canned.requests) == 1


def test_another_temperature_is_another_question(canned, make_options):
    canned.always = lambda request: say("An alcohol.")
    for temperature in (0.0, 0.5):
        predictions(endpoint("m", make_options(canned, temperature=temperature)))
    assert len(canned.requests) == 2 * len(EXAMPLES)


def test_the_answer_names_its_example(canned, make_options):
    canned.always = lambda request: say(" An alcohol. ")
    one = example(7, ("CCO", "CN"), "It is.", prompt="Is <graph> heavier than <graph>?", group="mass")
    (answer,) = endpoint("m", make_options(canned)).answer([one])
    assert answer.to_dict() == {
        "smiles": "CCO>>CN",
        "prediction": "An alcohol.",
        "target": "It is.",
        "row": 7,
        "prompt": "Is <graph> heavier than <graph>?",
        "group": "mass",
        "num_tokens": 2,
    }


def test_requests_say_temperature_seed_and_the_length_of_the_task(canned, make_options):
    canned.always = lambda request: say("An alcohol.")
    predictions(endpoint("m", make_options(canned), task=task_of(max_new_tokens=17)), EXAMPLES[:1])
    body = canned.requests[0].body
    assert (body["model"], body["temperature"], body["seed"], body["max_tokens"]) == ("m", 0, 0, 17)


def test_similar_training_examples_are_earlier_turns_the_most_similar_last(canned, make_options):
    canned.always = lambda request: say("An alcohol.")
    train = [example(0, "CCCCO", "Butanol."), example(1, "c1ccncc1", "Pyridine."), example(2, "CCCO", "Propanol.")]
    answerer = endpoint("m", make_options(canned, system="Be brief."), train=train, shots=2)
    predictions(answerer, EXAMPLES[:1])
    assert [(message["role"], message["content"]) for message in canned.requests[0].body["messages"]] == [
        ("system", "Be brief."),
        ("user", "CCCCO\nDescribe it."),
        ("assistant", "Butanol."),
        ("user", "CCCO\nDescribe it."),
        ("assistant", "Propanol."),
        ("user", "CCO\nDescribe it."),
    ]
    assert answerer.name == "m, 2-shot"


def test_a_reply_that_was_cut_off_says_so(canned, make_options):
    canned.always = lambda request: say("An alco", finish_reason="length")
    (answer,) = endpoint("m", make_options(canned)).answer(EXAMPLES[:1])
    assert answer.source == "cut off, finish_reason length"


def test_a_reply_without_text_is_an_empty_answer_with_its_reason(canned, make_options):
    canned.always = lambda request: say(None, finish_reason="content_filter")
    (answer,) = endpoint("m", make_options(canned)).answer(EXAMPLES[:1])
    assert (answer.prediction, answer.source) == ("", "finish_reason content_filter")


def test_log_probabilities_are_summed_where_they_are_given(canned, make_options):
    tokens = [{"token": "An", "logprob": -0.5}, {"token": " alcohol", "logprob": -0.25}]
    canned.always = lambda request: say("An alcohol", logprobs={"content": tokens})
    (answer,) = endpoint("m", make_options(canned, logprobs=True)).answer(EXAMPLES[:1])
    assert canned.requests[0].body["logprobs"] is True
    assert (answer.log_probability, answer.num_tokens) == (-0.75, 2)


def test_the_majority_of_samples_is_the_answer(canned, make_options):
    canned.actions.extend([say("No."), say("Yes."), say("Yes, it is.")])
    options = make_options(canned, samples=3, temperature=0.7, concurrency=1)
    answerer = endpoint("m", options, task=task_of("yes_no"))
    (answer,) = answerer.answer(EXAMPLES[:1])
    assert (answer.prediction, answer.agreement, answer.score) == ("Yes.", 2 / 3, 2 / 3)
    assert [request.body["seed"] for request in canned.requests] == [0, 1, 2]
    assert answerer.name == "m, zero-shot, majority of 3"


def test_samples_without_a_seed_are_asked_one_by_one(canned, make_options):
    canned.always = lambda request: say("Yes.")
    options = make_options(canned, samples=3, temperature=0.7, seed=None)
    predictions(endpoint("m", options, task=task_of("yes_no")), EXAMPLES[:1])
    assert len(canned.requests) == 3
    assert "seed" not in canned.requests[0].body


def test_a_real_server_gives_samples(proxy, model_folder, make_options):
    options = make_options(proxy, samples=2, temperature=1.0, concurrency=1)
    answers = list(endpoint(model_folder, options).answer(EXAMPLES[:2]))
    assert {answer.agreement for answer in answers} <= {0.5, 1.0}
    assert len(proxy.requests) == 4


def test_an_estimate_above_the_budget_starts_nothing(canned, make_options):
    options = make_options(canned, input_price=0.0, output_price=1e6, max_cost=30.0)
    with pytest.raises(ValueError, match=r"4 requests would cost about 32 .*max_cost is 30"):
        predictions(endpoint("m", options))
    assert canned.requests == []


def test_a_run_that_spends_more_than_its_budget_stops_and_goes_on_with_another(canned, make_options):
    # A prompt of 5 tokens is estimated and one of 10 charged: 12 a reply instead of 5 + 1.
    canned.always = lambda request: say("An alcohol.")
    options = make_options(canned, input_price=1e6, output_price=1e6, max_cost=30.0, max_tokens=1, concurrency=1)
    with pytest.raises(
        ValueError, match=r"stopped after 3 replies, 30 prompt and 6 reply tokens, cost 36: max_cost is 30"
    ):
        predictions(endpoint("m", options))
    assert len(canned.requests) == 3

    canned.requests.clear()
    answerer = endpoint("m", options)
    assert len(predictions(answerer)) == len(EXAMPLES)
    assert len(canned.requests) == 1
    assert answerer.notes() == ["m: 1 replies, 10 prompt and 2 reply tokens, cost 12"]


def test_a_budget_needs_a_longest_reply(canned, make_options):
    options = make_options(canned, input_price=1, output_price=1, max_cost=1, extra={"max_tokens": None})
    with pytest.raises(ValueError, match="max_cost 1 needs max_tokens or max_completion_tokens"):
        predictions(endpoint("m", options))


def test_requests_keep_to_the_limit_of_a_minute(canned, make_options):
    canned.always = lambda request: say("An alcohol.")
    predictions(endpoint("m", make_options(canned, requests_per_minute=600)))
    times = sorted(request.time for request in canned.requests)
    assert times[-1] - times[0] >= 0.1 * (len(EXAMPLES) - 1) - 0.05


def test_several_requests_are_on_their_way_at_once(canned, make_options):
    def slowly(handler):
        time.sleep(0.5)
        say("An alcohol.")(handler)

    canned.always = lambda request: slowly
    predictions(endpoint("m", make_options(canned, concurrency=6)))
    times = sorted(request.time for request in canned.requests)
    assert times[-1] - times[0] < 0.5


def test_settings_are_all_that_answers_depend_on(canned, make_options):
    options = make_options(canned, system="Be brief.")
    assert json.loads(json.dumps(endpoint("m", options).settings())) == {
        "base_url": canned.url,
        "request": {"model": "m", "messages": [], "temperature": 0.0, "seed": 0, "max_tokens": 8},
        "samples": 1,
        "system": "Be brief.",
        "shots": 0,
    }


def test_shots_without_training_examples_are_an_error(canned, make_options):
    with pytest.raises(ValueError, match="no training examples"):
        endpoint("m", make_options(canned), shots=4)


def test_without_the_package_an_error_says_how_to_get_it(canned, make_options, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openai", None)
    with pytest.raises(ValueError, match=r"pip install 'llamo\[openai\]'"):
        predictions(endpoint("m", make_options(canned)))
