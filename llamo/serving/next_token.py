"""Which token follows: greedy or sampled, one request at a time, by the rules of the model's generation config.

Knows logits, no batch and no text.
"""

import copy
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Sampling:
    """How tokens are chosen.

    Attributes:
        temperature: 0 is greedy.
        top_p: smallest share of the probability that is sampled from.
        seed: the same seed and prompt give the same answer; None is random.
        top_logprobs: alternatives to report with each token; None reports no probabilities.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    top_logprobs: int | None = None


@dataclass(frozen=True)
class TokenLogprob:
    """Natural logarithm of a token's probability to the model, before temperature and the generation config's rules.

    Attributes:
        token: id.
        logprob: of it.
        top: the likeliest ids with theirs.
    """

    token: int
    logprob: float
    top: tuple[tuple[int, float], ...] = ()


class NextToken:
    """Chooses the tokens of one answer.

    Args:
        model: its generation config is obeyed (`sequence_bias`, `repetition_penalty`, ..).
        prompt: T token ids.
        max_tokens: of the answer.
        sampling: how.
    """

    def __init__(self, model: Any, prompt: list[int], max_tokens: int, sampling: Sampling):
        self.sampling, device = sampling, model.device
        config = copy.deepcopy(model.generation_config)
        config.do_sample = sampling.temperature > 0
        config.temperature, config.top_p = (sampling.temperature or None), sampling.top_p
        model._prepare_special_tokens(config, kwargs_has_attention_mask=True, device=device)
        ends = config._eos_token_tensor
        self.ends: set[int] = set() if ends is None else set(ends.tolist())
        self._processors = model._get_logits_processor(config, input_ids_seq_length=len(prompt), device=device)
        self._ids = torch.zeros(1, len(prompt) + max_tokens, dtype=torch.long, device=device)
        self._ids[0, : len(prompt)] = torch.tensor(prompt)
        self._length = len(prompt)
        self._generator = torch.Generator(device)
        if sampling.seed is None:
            self._generator.seed()
        else:
            self._generator.manual_seed(sampling.seed)

    def choose(self, logits: torch.Tensor) -> tuple[int, TokenLogprob | None]:
        """The next token, from logits (V,) in float32."""
        scores = self._processors(self._ids[:, : self._length], logits[None].clone())[0]
        if self.sampling.temperature > 0:
            token = int(torch.multinomial(scores.softmax(-1), 1, generator=self._generator))
        else:
            token = int(scores.argmax())
        self._ids[0, self._length] = token
        self._length += 1
        return token, self._logprob(logits, token)

    def _logprob(self, logits: torch.Tensor, token: int) -> TokenLogprob | None:
        count = self.sampling.top_logprobs
        if count is None:
            return None
        logs = logits.log_softmax(-1)
        values, ids = logs.topk(count)
        return TokenLogprob(token, float(logs[token]), tuple(zip(ids.tolist(), values.tolist(), strict=True)))
