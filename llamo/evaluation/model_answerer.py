"""A model of transformers that answers the examples of a task, in batches, with confidences."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict
from functools import cached_property, partial
from typing import Any

import torch
import transformers
from transformers.utils import logging

from llamo.baselines.few_shot import text_question
from llamo.evaluation.agreement import agreement_with
from llamo.evaluation.answer import Answer
from llamo.evaluation.likelihood import log_probabilities, rows_at_a_time, until_end
from llamo.evaluation.options import GenerationOptions
from llamo.metrics.structure import read_molecules
from llamo.molecule_runs.memory import TOO_LARGE, if_it_fits
from llamo.tasks.task import Example, Task
from processors import LlamoProcessor

logger = logging.get_logger(__name__)

# What a yes/no question is answered with, as the tasks write it.
YES, NO = "Yes", "No"


class ModelAnswerer:
    """Asks a LLaMo, or a language model without graphs.

    Args:
        model: in eval mode.
        processor: of the model; for a plain language model `LlamoProcessor.from_tokenizer` of its tokenizer.
        task: says how answers are read.
        name: in tables.
        origin: what tells this model from others, for resuming; plain JSON.
        options: how it is asked.
        without_graphs: write each molecule as SMILES into the question instead of showing its graph.
    """

    def __init__(
        self,
        model: Any,
        processor: LlamoProcessor,
        task: Task,
        *,
        name: str,
        origin: Any = None,
        options: GenerationOptions | None = None,
        without_graphs: bool = False,
    ):
        self.model, self.processor, self.task, self.name = model, processor, task, name
        self.origin, self.without_graphs = origin, without_graphs
        self.options = options or GenerationOptions()
        if self.options.valid_only and task.answer != "smiles":
            raise ValueError(f"valid_only is for SMILES answers; those of {task.name} are of kind {task.answer}")
        if self.options.retrieve and without_graphs:
            raise ValueError(f"{name}: captions are retrieved for molecules with graphs; leave --retrieve out")
        if self.options.retrieve and processor.captions is None:
            raise ValueError(f"{name} has no caption index to retrieve from; make one with `llamo index`")

    def settings(self) -> dict[str, Any]:
        """All that the answers depend on."""
        options = {**asdict(self.options), "max_new_tokens": self._max_new_tokens}
        if not self.options.samples:
            options = {name: value for name, value in options.items() if name not in ("seed", "temperature")}
        return {
            "model": self.origin,
            "without_graphs": self.without_graphs,
            "dtype": str(self.model.dtype),
            "device": self.model.device.type,
            "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
            **options,
        }

    def answer(self, examples: Sequence[Example], *, done: Container[int] = ()) -> Iterator[Answer]:
        """Answers batch by batch, similar lengths together; a batch with any open row is asked as a whole.

        One that does not fit the memory is halved, and so are those after it.
        """
        size, start = self.options.batch_size, 0
        order = sorted(examples, key=lambda example: (len(example.prompt) + len(example.smiles), example.row))
        while batch := order[start : start + size]:
            answers: list[Answer] = []
            if any(example.row not in done for example in batch):
                found, fits = if_it_fits(partial(self._answer_batch, batch, seed=self.options.seed + start))
                if not fits and len(batch) > 1:
                    size = len(batch) // 2
                    continue
                answers = found or [self._refuse(batch[0], TOO_LARGE)]
            yield from (answer for answer in answers if answer.row is None or answer.row not in done)
            start += len(batch)

    def _answer_batch(self, batch: list[Example], *, seed: int) -> list[Answer]:
        return list(self._answered(batch, seed))

    def _answered(self, batch: list[Example], seed: int) -> Iterator[Answer]:
        inputs = self._encode(batch)
        room = self._room(inputs)
        refused = [example for example, left in zip(batch, room, strict=True) if left < 0]
        for example, left in zip(batch, room, strict=True):
            if left < 0:
                answer = f"{self._max_new_tokens} tokens of answer"
                yield self._refuse(example, f"the question and {answer} are {-left} too long")
        if refused:
            batch = [example for example in batch if example not in refused]
            if not batch:
                return
            inputs = self._encode(batch)
        best, notes = self._generate(inputs)
        sampled = self._sample(inputs, seed)
        confidences = self._confidences(batch, best)
        scores = self._scores(batch)
        for row, example in enumerate(batch):
            text = self._text(best[row])
            yield Answer(
                example.smiles,
                text,
                example.target,
                row=example.row,
                prompt=example.prompt,
                group=example.group,
                log_probability=confidences[row],
                num_tokens=len(best[row]),
                agreement=self._agreement(text, sampled[row]),
                score=scores[row],
                source=notes[row],
            )

    def _encode(self, batch: Sequence[Example]):
        prompts, molecules = zip(*[self._question(example) for example in batch], strict=True)
        inputs = self.processor(list(molecules), list(prompts), retrieve=self.options.retrieve)
        return inputs.to(self.model.device)

    def _question(self, example: Example) -> tuple[str, list[str] | None]:
        if self.without_graphs:
            return text_question(example), None
        return example.prompt, list(example.molecules) or None

    def _room(self, inputs) -> list[int]:
        """Positions left in each row after the prompt and the longest answer."""
        config = self.model.config.get_text_config()
        limit = getattr(config, "max_position_embeddings", None) or 2**31
        return (limit - self._max_new_tokens - inputs["attention_mask"].sum(-1)).tolist()

    @property
    def _max_new_tokens(self) -> int:
        return self.options.max_new_tokens or self.task.max_new_tokens

    def _refuse(self, example: Example, reason: str) -> Answer:
        return Answer(
            example.smiles,
            "",
            example.target,
            row=example.row,
            prompt=example.prompt,
            group=example.group,
            source=f"not asked: {reason}",
        )

    def _generate(self, inputs) -> tuple[list[list[int]], list[str | None]]:
        """The answer of each row as token ids with the closing one, and what is to say of it."""
        beams = self.options.beams
        kept = beams if self.options.valid_only else 1
        plain = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        candidates = self._continuations(inputs, num_beams=beams, num_return_sequences=kept, **plain)
        rows = [candidates[first : first + kept] for first in range(0, len(candidates), kept)]
        if not self.options.valid_only:
            return [row[0] for row in rows], [None] * len(rows)
        chosen = [self._first_valid(row) for row in rows]
        return [row[pick or 0] for row, pick in zip(rows, chosen, strict=True)], [
            f"none of {kept} beams is a molecule" if pick is None else f"beam {pick + 1} of {kept}" for pick in chosen
        ]

    def _first_valid(self, candidates: list[list[int]]) -> int | None:
        parsed = [self.task.parse(self._text(ids)) for ids in candidates]
        molecules = read_molecules(parsed)
        return next((number for number, text in enumerate(parsed) if text in molecules), None)

    def _sample(self, inputs, seed: int) -> list[list[str]]:
        rows, samples = len(inputs["input_ids"]), self.options.samples
        if not samples:
            return [[] for _ in range(rows)]
        torch.manual_seed(seed)
        plain = {"do_sample": True, "temperature": self.options.temperature, "top_p": 1.0, "top_k": 0}
        drawn = self._continuations(inputs, num_beams=1, num_return_sequences=samples, **plain)
        texts = [self._text(ids) for ids in drawn]
        return [texts[first : first + samples] for first in range(0, len(texts), samples)]

    def _continuations(self, inputs, **options: Any) -> list[list[int]]:
        """Generated ids, whatever the model's own generation config says of penalties."""
        options |= {"max_new_tokens": self._max_new_tokens, "repetition_penalty": 1.0, "no_repeat_ngram_size": 0}
        with torch.inference_mode():
            generated = self.model.generate(**inputs, **options)
        new = generated[:, inputs["input_ids"].shape[1] :].tolist()
        return [until_end(ids, self.model.generation_config.eos_token_id) for ids in new]

    def _text(self, ids: Sequence[int]) -> str:
        return self.processor.decode(ids, skip_special_tokens=True).strip()

    def _confidences(self, batch: list[Example], answers: list[list[int]]) -> list[float]:
        at_a_time = rows_at_a_time(max(map(len, answers)), self.model.config.get_text_config().vocab_size)
        found: list[float] = []
        for start in range(0, len(batch), at_a_time):
            rows = slice(start, start + at_a_time)
            found += log_probabilities(self.model, self._encode(batch[rows]), answers[rows]).tolist()
        return found

    def _scores(self, batch: list[Example]) -> list[float | None]:
        """For yes/no questions, the probability of yes where only yes and no are possible."""
        if self.task.answer != "yes_no":
            return [None] * len(batch)
        inputs = self._encode(batch)
        yes, no = (log_probabilities(self.model, inputs, [ids] * len(batch)) for ids in self._yes_and_no)
        return torch.sigmoid(yes - no).tolist()

    @cached_property
    def _yes_and_no(self) -> tuple[list[int], list[int]]:
        """Ids of the two answers as the chat template writes them: behind a blank a word is another token."""
        question = self.processor.conversation([], "?")
        prompt = self._ids(question, add_generation_prompt=True)
        yes, no = (self._ids([*question, {"role": "assistant", "content": text}]) for text in (YES, NO))
        if yes[: len(prompt)] != prompt or no[: len(prompt)] != prompt:
            logger.warning(f"{self.name}: its chat template rewrites the question; Yes and No are scored as bare words")
            yes, no = (self.processor.tokenizer(text, add_special_tokens=False)["input_ids"] for text in (YES, NO))
            return yes, no
        yes, no = yes[len(prompt) :], no[len(prompt) :]
        while yes and no and yes[-1] == no[-1]:  # what closes every answer
            yes, no = yes[:-1], no[:-1]
        return yes, no

    def _ids(self, messages: list[dict], **options: Any) -> list[int]:
        rendered = self.processor.apply_chat_template(messages, tokenize=True, return_dict=True, **options)
        return list(rendered["input_ids"][0])

    def _agreement(self, text: str, samples: list[str]) -> float | None:
        if not samples:
            return None
        return agreement_with(self.task.parse(text), [self.task.parse(one) for one in samples], self.task.answer)
