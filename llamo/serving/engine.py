"""The model's thread: takes requests into the running batch, steps it, lets finished ones out. Knows no HTTP.

Between two decoding steps it drops who has gone or is late, reads a few waiting prompts, and runs other jobs that need
the model, such as embeddings. Where the language model's cache cannot grow by rows (`RunningBatch.is_growable`), a
batch stays as it began until all in it are done; with a recurrent state, where padding may matter, it is one request.
"""

import copy
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import torch

from llamo.serving.errors import RequestError, broken, busy, stopping, timed_out
from llamo.serving.generation import Generation
from llamo.serving.limits import Limits
from llamo.serving.metrics import Metrics
from llamo.serving.running_batch import RunningBatch

# Prompt tokens, padding included, that are read between two steps: what running answers wait for.
PREFILL_TOKENS = 2048
logger = logging.getLogger(__name__)


class Engine:
    """Answers requests on one model, many at a time.

    Args:
        model: a `LlamoForConditionalGeneration`.
        tokenizer: of it; copied, so that the thread has its own.
        limits: of the server.
        metrics: to count in.
    """

    def __init__(self, model: Any, tokenizer: Any, limits: Limits, metrics: Metrics):
        self.model, self.limits, self.metrics = model.eval(), limits, metrics
        self._tokenizer = copy.deepcopy(tokenizer)
        self._batch = RunningBatch(self.model)
        self._rows: list[Generation | None] = []  # None: done, in a batch that rows cannot leave
        self._waiting: deque[Generation] = deque()
        self._jobs: deque[tuple[Future, Callable[[], Any]]] = deque()
        self._suspects = 0  # the first so many that wait are read one by one
        self._changed = threading.Condition()
        self._taken, self._is_draining, self._is_stopped = 0, False, False
        self._round_began: float | None = None
        self._thread = threading.Thread(target=self._run, name="llamo-model", daemon=True)

    def start(self):
        """Starts the thread."""
        self._thread.start()

    @property
    def running(self) -> int:
        """Requests in the batch."""
        return sum(row is not None for row in list(self._rows))

    @property
    def waiting(self) -> int:
        """Requests that wait, or whose prompt is being made."""
        return max(0, self._taken - self.running)

    @property
    def is_well(self) -> bool:
        """Whether it takes requests, and comes back from its steps."""
        began = self._round_began
        is_stuck = began is not None and time.monotonic() - began > self.limits.timeout
        return self._thread.is_alive() and not self._is_draining and not is_stuck

    def reserve(self):
        """Takes a place, for `submit` or to be given back with `release`.

        Raises:
            RequestError: all places are taken, or the server is stopping.
        """
        with self._changed:
            if self._is_draining:
                raise stopping()
            if self._taken >= self.limits.max_batch + self.limits.queue:
                raise busy()
            self._taken += 1

    def release(self):
        """Gives back a place."""
        with self._changed:
            self._taken -= 1

    def submit(self, generation: Generation):
        """Queues a request that has a place; the place is given back when the request ends, however it ends."""
        with self._changed:
            if not self._is_stopped:
                self._waiting.append(generation)
                self._changed.notify()
                return
        self._end(generation, stopping())

    def call(self, job: Callable[[], Any]) -> Future:
        """Runs something on the model's thread between two steps."""
        future: Future = Future()
        with self._changed:
            if self._is_stopped:
                future.set_exception(stopping())
            else:
                self._jobs.append((future, job))
                self._changed.notify()
        return future

    def drain(self):
        """Takes no more requests; those it has go on."""
        with self._changed:
            self._is_draining = True

    def stop(self):
        """Ends the thread; who is still there gets an error."""
        with self._changed:
            self._is_draining = self._is_stopped = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    @torch.inference_mode()
    def _run(self):
        try:
            while self._wait():
                self._round_began = time.monotonic()
                self._round()
                self._round_began = None
        except BaseException:
            logger.exception("the model's thread ends")
        with self._changed:  # from here on nobody comes in
            self._is_draining = self._is_stopped = True
        self._fail_all([*filter(None, self._rows), *self._waiting], stopping())
        for future, _ in self._jobs:
            if future.set_running_or_notify_cancel():
                future.set_exception(stopping())

    def _round(self):
        try:
            self._run_job()
            self._drop_unwanted()
            self._admit()
            self._step()
        except Exception:
            logger.exception("a step failed")
            running = [*filter(None, self._rows)]
            self._fail_all(running or list(self._waiting), broken())

    def _wait(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped or self._rows or self._waiting or self._jobs)
            return not self._is_stopped

    def _run_job(self):
        if not self._jobs:
            return
        future, job = self._jobs.popleft()
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(job())
        except Exception as error:
            future.set_exception(error)

    def _drop_unwanted(self):
        now = time.monotonic()
        with self._changed:
            unwanted = [one for one in [*filter(None, self._rows), *self._waiting] if one.is_unwanted(now)]
            self._waiting = deque(one for one in self._waiting if one not in unwanted)
        for generation in unwanted:
            if generation.is_cancelled:
                self.metrics.add("llamo_cancelled_total")
            self._end(generation, None if generation.is_cancelled else timed_out(self.limits.timeout))
        self._compact()

    def _admit(self):
        group = self._next_group()
        if not group:
            return
        try:
            for generation in group:
                generation.begin(self.model, self._tokenizer)
            cache, mask, logits = self._batch.prefill([generation.prompt for generation in group])
        except Exception:
            if len(group) > 1:  # one of them breaks the model: each for itself
                with self._changed:
                    self._waiting.extendleft(reversed(group))
                self._suspects = len(group)
            else:
                logger.exception("a prompt could not be read")
                self._end(group[0], broken())
            return
        self._rows += group
        self._batch.join(cache, mask)
        now = time.monotonic()
        for generation in group:
            self.metrics.add("llamo_prompt_tokens_total", len(generation.prompt.ids))
            self.metrics.observe("llamo_first_token_seconds", now - generation.started)
        self._take(group, logits)

    def _next_group(self) -> list[Generation]:
        """Who is read next: first come, first served, as many as fit."""
        if self._rows and not self._batch.is_growable:
            return []
        places = 1 if self._batch.is_stateful else self.limits.max_batch
        group, longest = [], 0
        while self._waiting and len(self._rows) + len(group) < places:
            longest = max(longest, len(self._waiting[0].prompt.ids))
            if group and (self._suspects or longest * (len(group) + 1) > PREFILL_TOKENS):
                break
            group.append(self._waiting.popleft())
        self._suspects = max(0, self._suspects - len(group))
        return group

    def _step(self):
        if not self._rows:
            return
        tokens = [self._batch.padding if row is None else row.tokens[-1] for row in self._rows]
        logits = self._batch.step(tokens)
        self.metrics.add("llamo_steps_total")
        self._take(self._rows, logits)

    def _take(self, rows: list[Generation] | list[Generation | None], logits: torch.Tensor):
        for generation, row in zip(list(rows), logits, strict=True):
            if generation is None:
                continue
            try:
                is_done, error = generation.take(row), None
                if is_done:
                    self.metrics.observe("llamo_answer_seconds", time.monotonic() - generation.started)
            except Exception:
                logger.exception("a token could not be chosen")
                is_done, error = True, broken()
            if is_done:
                self._end(generation, error)
        self._compact()

    def _fail_all(self, generations: list[Generation], error: RequestError):
        """Ends these requests and empties the batch."""
        with self._changed:
            self._waiting = deque(one for one in self._waiting if one not in generations)
        self._rows = []
        self._batch.clear()
        for generation in generations:
            self._end(generation, error)

    def _end(self, generation: Generation, error: RequestError | None):
        """Takes a request out; its row goes at the next `_compact`."""
        if generation in self._rows:
            self._rows[self._rows.index(generation)] = None
        if error is not None:
            generation.send(error)
        self.metrics.add("llamo_generated_tokens_total", len(generation.tokens))
        self.release()

    def _compact(self):
        left = [place for place, row in enumerate(self._rows) if row is not None]
        if len(left) == len(self._rows) or (left and not self._batch.is_growable):
            return
        self._batch.keep(left)
        self._rows = [self._rows[place] for place in left]
