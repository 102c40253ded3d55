"""The model's thread: many at a time, each as alone; who leaves, leaves at once."""

import queue
import threading
import time

import pytest
import torch

from llamo.serving.engine import Engine
from llamo.serving.errors import RequestError
from llamo.serving.generation import Finish, Generation
from llamo.serving.limits import Limits
from llamo.serving.metrics import Metrics
from llamo.serving.next_token import Sampling
from llamo.serving.prompts import Prompt
from tests.modeling_llamo.test_model import FAMILIES
from tests.text import model_and_processor
from tests.tiny import TEXT_CONFIG, tiny_config, tiny_model

SMILES = ["CCO", "CC(=O)Oc1ccccc1C(=O)O", "C", "Cn1c(=O)c2c(ncn2C)n(C)c1=O"]
WITHOUT_END = {**TEXT_CONFIG, "vocab_size": 261, "eos_token_id": None, "max_position_embeddings": 200_000}


class Asked:
    """A running engine and what came from it."""

    def __init__(self, model, processor, **limits):
        self.model, self.processor = model, processor
        self.engine = Engine(model, processor.tokenizer, Limits(**limits), Metrics())

    def __enter__(self):
        self.engine.start()
        return self

    def __exit__(self, *_):
        self.engine.stop()

    def ask(
        self, number: int, *, seconds: float = 60, max_tokens: int = 12, **options
    ) -> tuple[Generation, queue.Queue]:
        inputs = self.processor(SMILES[number % len(SMILES)], f"{number} " * (number % 7) + "What?")
        graphs = {name: value for name, value in inputs.items() if name.startswith("graph_")}
        events: queue.Queue = queue.Queue()
        prompt = Prompt(inputs["input_ids"][0].tolist(), graphs)
        deadline = time.monotonic() + seconds
        generation = Generation(prompt, max_tokens, events.put, deadline, **options)
        self.engine.reserve()
        self.engine.submit(generation)
        return generation, events

    def alone(self, generation: Generation) -> list[int]:
        ids = torch.tensor([generation.prompt.ids])
        options = {"max_new_tokens": generation.max_tokens, "do_sample": False}
        made = self.model.generate(input_ids=ids, **generation.prompt.graphs, **options)
        return made[0, ids.shape[1] :].tolist()


def endless() -> tuple:
    """A model that never ends its answer by itself, and its processor."""
    _, processor = model_and_processor()
    config = tiny_config(text=WITHOUT_END)
    config.graph_token_id = processor.graph_token_id
    return tiny_model(config), processor


def test_many_at_a_time_get_the_answers_they_get_alone():
    with Asked(*model_and_processor(), max_batch=8) as asked:
        pairs = [asked.ask(number, max_tokens=5 + number) for number in range(16)]
        finishes = [events.get(timeout=60) for _, events in pairs]
        assert all(isinstance(finish, Finish) for finish in finishes)
        for generation, _ in pairs:
            assert generation.tokens == asked.alone(generation)
    assert asked.engine.waiting == 0


JAMBA = {"num_key_value_heads": 2, "mamba_dt_rank": 4, "num_experts": 2, "attn_layer_period": 2, "attn_layer_offset": 1}
UNGROWABLE = {
    "mistral": {**FAMILIES["mistral"], "sliding_window": 16},
    "gemma2": {**FAMILIES["gemma2"], "sliding_window": 16},
    "jamba": {**FAMILIES["llama"], **JAMBA},
}


@pytest.mark.parametrize("family", UNGROWABLE)
def test_where_rows_cannot_join_batches_do_not_change_until_they_are_done(family):
    _, processor = model_and_processor()
    config = tiny_config(text={"model_type": family, **UNGROWABLE[family], "vocab_size": 261})
    config.graph_token_id = processor.graph_token_id
    with Asked(tiny_model(config), processor, max_batch=4) as asked:
        pairs = [asked.ask(number, max_tokens=3 + number) for number in range(6)]
        assert all(isinstance(events.get(timeout=60), Finish) for _, events in pairs)
        for generation, _ in pairs:
            assert generation.tokens == asked.alone(generation)


def test_a_seed_gives_the_same_answer_in_company():
    with Asked(*endless()) as asked:
        first, events = asked.ask(1, sampling=Sampling(1.0, seed=3))
        events.get(timeout=60)
        pairs = [asked.ask(number) for number in range(3)]
        again, events = asked.ask(1, sampling=Sampling(1.0, seed=3))
        events.get(timeout=60)
        [other.get(timeout=60) for _, other in pairs]
    assert first.tokens == again.tokens


def test_who_goes_away_leaves_the_batch():
    with Asked(*endless()) as asked:
        generation, events = asked.ask(0, max_tokens=100_000, stream=True)
        events.get(timeout=60)
        generation.is_cancelled = True
        end = time.monotonic() + 20
        while asked.engine.running and time.monotonic() < end:
            time.sleep(0.01)
        assert asked.engine.running == asked.engine.waiting == 0
        assert isinstance(asked.ask(1)[1].get(timeout=60), Finish)


def test_who_is_late_gets_a_timeout_while_waiting_and_while_running():
    with Asked(*endless(), max_batch=1) as asked:
        running, waiting = (asked.ask(number, seconds=0.5, max_tokens=100_000) for number in range(2))
        assert [events.get(timeout=60).status for _, events in (running, waiting)] == [504, 504]


def test_a_prompt_that_breaks_the_model_takes_nobody_along():
    asked = Asked(*endless())
    good, bad = [asked.ask(0)], queue.Queue()
    asked.engine.reserve()
    asked.engine.submit(Generation(Prompt([10**6], {}), 5, bad.put, time.monotonic() + 60))
    good.append(asked.ask(1))  # waits with it, so all three are read together
    with asked:
        assert bad.get(timeout=60).status == 500
        assert all(isinstance(events.get(timeout=60), Finish) for _, events in good)
        assert all(generation.tokens == asked.alone(generation) for generation, _ in good)


def test_a_full_queue_and_a_draining_server_refuse():
    asked = Asked(*endless(), max_batch=1, queue=1)
    asked.engine.reserve()
    asked.engine.reserve()
    with pytest.raises(RequestError) as caught:
        asked.engine.reserve()
    assert (caught.value.status, caught.value.retry_after) == (429, 1)
    asked.engine.drain()
    with pytest.raises(RequestError) as caught:
        asked.engine.reserve()
    assert caught.value.status == 503


def test_who_is_there_at_the_end_gets_an_error():
    with Asked(*endless()) as asked:
        _, events = asked.ask(0, max_tokens=100_000)
        asked.engine.stop()
        assert events.get(timeout=60).status == 503
        assert isinstance(asked.engine.call(lambda: None).exception(), RequestError)


def test_who_waits_gets_an_error_where_the_thread_dies(monkeypatch):
    with Asked(*endless(), max_batch=1) as asked:
        pairs = [asked.ask(number, max_tokens=100_000) for number in range(3)]
        monkeypatch.setattr(asked.engine._batch, "step", raising(SystemExit))
        assert [events.get(timeout=20).status for _, events in pairs] == [503] * 3
        assert not asked.engine.is_well
        with pytest.raises(RequestError):
            asked.engine.reserve()


@pytest.mark.parametrize("name", ["step", "keep", "join"])
def test_a_batch_that_fails_ends_its_requests_and_not_the_thread(monkeypatch, name):
    with Asked(*endless()) as asked:
        _, events = asked.ask(0, max_tokens=100_000, stream=True)
        events.get(timeout=20)
        with monkeypatch.context() as broken:
            broken.setattr(asked.engine._batch, name, raising(MemoryError))
            _, others = asked.ask(1, max_tokens=2)
            assert next(event for event in iter(lambda: events.get(timeout=20), None) if is_end(event)).status == 500
            assert is_end(others.get(timeout=20))
        assert isinstance(asked.ask(2)[1].get(timeout=20), Finish)
        assert asked.engine.is_well and asked.engine.running == asked.engine.waiting == 0


def test_a_step_that_does_not_come_back_is_bad_health(monkeypatch):
    with Asked(*endless(), timeout=0.3) as asked:
        stuck = threading.Event()
        monkeypatch.setattr(asked.engine._batch, "step", lambda tokens: stuck.wait(20))
        asked.ask(0)
        end = time.monotonic() + 10
        while asked.engine.is_well and time.monotonic() < end:
            time.sleep(0.01)
        assert not asked.engine.is_well
        stuck.set()


def raising(error):
    def fails(*_):
        raise error

    return fails


def is_end(event) -> bool:
    return isinstance(event, Finish | RequestError)
