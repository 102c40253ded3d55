"""What the routes of the server share: the model's name, prompts, engine and counts. Knows no HTTP."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from llamo.serving.bodies import ChatBody
from llamo.serving.embeddings import embed
from llamo.serving.engine import Engine
from llamo.serving.errors import RequestError, timed_out
from llamo.serving.generation import Finish, Generation, Piece
from llamo.serving.limits import Limits
from llamo.serving.metrics import Metrics
from llamo.serving.next_token import Sampling
from llamo.serving.prompts import Prompt, PromptBuilder
from processors import LlamoProcessor

Made = TypeVar("Made")
# Characters of a wrong name that an error shows.
_SHOWN = 80
# Molecules that are encoded between two decoding steps.
_EMBEDDED_AT_ONCE = 32


class Service:
    """One model behind the server.

    Args:
        model: a `LlamoForConditionalGeneration`.
        processor: of it.
        name: that requests call it by.
        limits: of the server.
    """

    def __init__(self, model: Any, processor: LlamoProcessor, *, name: str, limits: Limits):
        self.name, self.limits, self.created = name, limits, int(time.time())
        self.metrics = Metrics()
        self.engine = Engine(model, processor.tokenizer, limits, self.metrics)
        self.context: int | None = getattr(model.config.text_config, "max_position_embeddings", None)
        self.prompts = PromptBuilder(processor, limits, self.context)
        self._preparing = ThreadPoolExecutor(1, thread_name_prefix="llamo-prompts")

    def close(self):
        """Ends its threads."""
        self.engine.stop()
        self._preparing.shutdown(wait=False, cancel_futures=True)

    def check_model(self, name: str):
        """Refuses another model's name.

        Raises:
            RequestError: it is not this model.
        """
        if name != self.name:
            message = f"model {name[:_SHOWN]!r} is not here; this server has {self.name!r}"
            raise RequestError(message, status=404, param="model", code="model_not_found")

    async def prepare(self, function: Callable[..., Made], *arguments: Any) -> Made:
        """Runs what reads molecules and text, on the one thread for that.

        Raises:
            RequestError: what the function raises, or it took too long.
        """
        try:
            async with asyncio.timeout(self.limits.timeout):
                return await asyncio.get_running_loop().run_in_executor(self._preparing, function, *arguments)
        except TimeoutError:
            raise timed_out(self.limits.timeout) from None

    async def begin(self, body: ChatBody) -> tuple[Generation, "asyncio.Queue[Piece | Finish | RequestError]"]:
        """Starts an answer; its pieces, its finish or an error come through the queue.

        Raises:
            RequestError: the request is wrong, or there is no place for it.
        """
        self.check_model(body.model)
        started = time.monotonic()
        self.engine.reserve()
        try:
            prompt = await self.prepare(self.prompts.build, body)
            max_tokens = self._max_tokens(body, prompt)
        except BaseException:
            self.engine.release()
            raise
        loop, queue = asyncio.get_running_loop(), asyncio.Queue()

        def send(event: Piece | Finish | RequestError):
            loop.call_soon_threadsafe(queue.put_nowait, event)

        generation = Generation(
            prompt,
            max_tokens,
            send,
            deadline=started + self.limits.timeout,
            sampling=Sampling(body.temperature, body.top_p, body.seed, body.top_logprobs if body.logprobs else None),
            stops=body.stops,
            stream=body.stream,
            started=started,
        )
        self.engine.submit(generation)
        return generation, queue

    def _max_tokens(self, body: ChatBody, prompt: Prompt) -> int:
        asked = body.max_completion_tokens or body.max_tokens
        room = self.limits.answer_tokens
        if self.context is not None:
            room = min(room, self.context - len(prompt.ids))
        if asked is not None and asked > room:
            raise RequestError(
                f"max_tokens is {asked}, at most {room} are left behind a prompt of {len(prompt.ids)}; ask for fewer",
                param="max_tokens",
                code="context_length_exceeded",
            )
        return asked or min(room, self.limits.default_tokens)

    async def embed(self, smiles: list[str], level: int | str) -> tuple[list[list[float]], int]:
        """Vectors of molecules, see `llamo.serving.embeddings`, and how many atoms they have together.

        Raises:
            RequestError: a molecule cannot be read, or there is no place or no time.
        """
        self.engine.reserve()
        try:
            async with asyncio.timeout(self.limits.timeout):
                # One by one, so that others' prompts come in between.
                graphs = [
                    await self.prepare(self.prompts.molecule, one, f"input[{row}]") for row, one in enumerate(smiles)
                ]
                vectors: list[list[float]] = []
                for start in range(0, len(graphs), _EMBEDDED_AT_ONCE):
                    some = graphs[start : start + _EMBEDDED_AT_ONCE]
                    packed = self.prompts.processor.feature_extractor.pack(some, return_tensors="pt")
                    job = self.engine.call(lambda packed=packed: embed(self.engine.model, dict(packed), level))
                    vectors += await asyncio.wrap_future(job)
        except TimeoutError:
            raise timed_out(self.limits.timeout) from None
        finally:
            self.engine.release()
        return vectors, sum(len(graph.node_ids) for graph in graphs)
