"""Options of endpoints, and what is refused."""

import pytest

from llamo.baselines.endpoint_options import EndpointOptions


def options(**settings) -> EndpointOptions:
    return EndpointOptions("cache", **settings)


def fields(**settings) -> dict:
    return dict(options(**settings).request("m", [], max_tokens=9).fields)


def test_a_request_is_greedy_seeded_and_as_long_as_the_task_says():
    assert fields() == {"model": "m", "messages": [], "temperature": 0.0, "seed": 0, "max_tokens": 9}


def test_what_is_none_is_left_to_the_endpoint():
    assert fields(temperature=None, seed=None) == {"model": "m", "messages": [], "max_tokens": 9}


def test_extra_fields_are_added_and_can_take_one_out():
    extra = {"max_tokens": None, "max_completion_tokens": 500}
    assert fields(extra=extra, temperature=None, seed=None) == {
        "model": "m",
        "messages": [],
        "max_completion_tokens": 500,
    }


def test_samples_have_seeds_of_their_own():
    requests = [options(seed=5).request("m", [], max_tokens=9, sample=sample) for sample in range(3)]
    assert [request.fields["seed"] for request in requests] == [5, 6, 7]


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"base_url": "localhost:8000"}, "base_url must be such as https://"),
        ({"base_url": "https://"}, "base_url must be such as https://"),
        ({"samples": 5}, "5 samples at temperature 0 are all the same"),
        ({"samples": 0}, "samples must be at least 1, got 0"),
        ({"concurrency": 0}, "concurrency must be at least 1, got 0"),
        ({"attempts": 0}, "attempts must be at least 1, got 0"),
        ({"timeout": 0}, "timeout must be above 0, got 0"),
        ({"requests_per_minute": 0}, "requests_per_minute must be above 0, got 0"),
        ({"temperature": -1}, "temperature must not be below 0, got -1"),
        ({"extra": {"stream": True, "n": 2}}, "extra must not hold n, stream"),
        ({"input_price": 1.0}, "a price is missing"),
        ({"max_cost": 1.0}, "max_cost 1.0 needs input_price and output_price"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        options(**settings)


@pytest.mark.parametrize("url", ["https://user:pass-word@host/v1", "https://host/v1?api-key=pass-word"])
def test_a_password_in_the_address_is_refused_and_not_shown(url):
    with pytest.raises(ValueError, match="base_url must hold no user, password or query") as caught:
        options(base_url=url)
    assert "pass-word" not in str(caught.value)
