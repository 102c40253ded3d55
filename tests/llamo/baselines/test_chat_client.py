"""What the client makes of dates in `Retry-After`; everything else is in test_endpoint.py, over HTTP."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from llamo.baselines.chat_client import ChatClient
from llamo.baselines.chat_request import ChatRequest
from llamo.baselines.retries import TransientFailure
from tests.llamo.baselines.proxy import status

REQUEST = ChatRequest({"model": "m", "messages": [{"role": "user", "content": "CCO?"}]})


def retry_after(canned, options, text: str) -> float | None:
    canned.actions.extend([status(503, **{"Retry-After": text})])
    with pytest.raises(TransientFailure) as caught:
        ChatClient(options).ask(REQUEST)
    return caught.value.retry_after


def test_retry_after_may_be_a_date(canned, make_options):
    soon = datetime.now(UTC) + timedelta(seconds=90)
    assert retry_after(canned, make_options(canned), format_datetime(soon, usegmt=True)) == pytest.approx(90, abs=10)


@pytest.mark.parametrize("text, seconds", [("2.5", 2.5), ("-3", 0.0), ("soon", None)])
def test_retry_after_may_be_a_number_and_is_never_negative(canned, make_options, text, seconds):
    assert retry_after(canned, make_options(canned), text) == seconds


def test_a_date_that_is_over_is_no_wait(canned, make_options):
    assert retry_after(canned, make_options(canned), "Wed, 21 Oct 2015 07:28:00 GMT") == 0
