"""Replies to requests: from the cache, else from the endpoint, patiently and within a budget. Knows no task."""

import threading
from collections.abc import Sequence
from functools import cached_property

from llamo.baselines.chat_client import ChatClient
from llamo.baselines.chat_request import ChatRequest
from llamo.baselines.cost import Spending, rough_tokens
from llamo.baselines.endpoint_cache import EndpointCache
from llamo.baselines.endpoint_options import EndpointOptions
from llamo.baselines.rate_limit import RateLimit
from llamo.baselines.reply import Reply
from llamo.baselines.retries import Retries


class Stopped(Exception):
    """The run is over; what waits need not wait any longer."""


class ReplySource:
    """Asks one endpoint, from any thread.

    Args:
        options: how.
    """

    def __init__(self, options: EndpointOptions):
        self.options = options
        self.spending = Spending(options.prices)
        self._cache = EndpointCache(options.cache_folder)
        self._stop = threading.Event()
        limit = RateLimit(
            requests_per_minute=options.requests_per_minute,
            tokens_per_minute=options.tokens_per_minute,
            sleep=self._sleep,
        )
        self._retries = Retries(limit, self._sleep, options.attempts, options.first_wait, options.longest_wait)

    @cached_property
    def _client(self) -> ChatClient:
        return ChatClient(self.options)

    def start(self):
        """Makes ready for a run.

        Raises:
            ValueError: the client's package is not installed.
        """
        self._stop.clear()
        assert self._client

    def stop(self):
        """Ends a run: whatever waits raises `Stopped`."""
        self._stop.set()

    def known(self, request: ChatRequest) -> Reply | None:
        """The reply, if it is in the cache."""
        return self._cache.get(request.key(self.options.base_url))

    def get(self, request: ChatRequest, *, label: str) -> Reply:
        """The reply, asked for if it is not in the cache.

        Args:
            request: to the endpoint.
            label: names it in warnings.

        Raises:
            TransientFailure: all attempts failed.
            ValueError: the endpoint refuses (`Refusal`), or the budget is spent.
            Stopped: the run is over.
        """
        reply = self.known(request)
        if reply is None:
            self._check_run()
            tokens = request.prompt_tokens + (request.longest_reply or 0)
            reply = self._retries.call(lambda: self._client.ask(request), tokens=tokens, label=label)
            self._cache.put(request.key(self.options.base_url), reply)
            self._count(request, reply)
        return reply

    def check_estimate(self, requests: Sequence[ChatRequest]):
        """Refuses what would cost more than allowed.

        Raises:
            ValueError: the estimate is above `max_cost`, or replies have no longest length.
        """
        limit = self.options.max_cost
        if limit is None or self.options.prices is None:
            return
        open_requests = [request for request in requests if self.known(request) is None]
        if any(request.longest_reply is None for request in open_requests):
            raise ValueError(f"max_cost {limit:.4g} needs max_tokens or max_completion_tokens; set one of them")
        cost = self.options.prices.of(
            sum(request.prompt_tokens for request in open_requests),
            sum(request.longest_reply or 0 for request in open_requests),
        )
        if cost > limit:
            raise ValueError(
                f"{len(open_requests)} requests would cost about {cost:.4g} (a token per 4 characters, every reply "
                f"of full length), max_cost is {limit:.4g}; ask fewer rows or shots, or raise max_cost"
            )

    def _check_run(self):
        if self._stop.is_set():
            raise Stopped
        limit = self.options.max_cost
        if limit is not None and self.spending.cost > limit:
            raise ValueError(
                f"stopped after {self.spending}: max_cost is {limit:.4g}; the replies are kept, "
                "run again with another max_cost to ask the rest"
            )

    def _count(self, request: ChatRequest, reply: Reply):
        """Tokens as the endpoint counts them, else roughly."""
        prompt, completion = reply.prompt_tokens, reply.completion_tokens
        self.spending.add(
            request.prompt_tokens if prompt is None else prompt,
            rough_tokens(reply.text) if completion is None else completion,
        )

    def _sleep(self, seconds: float):
        if self._stop.wait(seconds):
            raise Stopped
