"""The next answer in a conversation, told word by word while it is made. Knows no terminal."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from transformers import StoppingCriteria, StoppingCriteriaList, TextStreamer

from llamo.assistant import Assistant


class _Teller(TextStreamer):
    """Hands over text as soon as it is certain, and keeps what it handed over."""

    def __init__(self, tokenizer: Any, tell: Callable[[str], None]):
        super().__init__(tokenizer, skip_prompt=True, skip_special_tokens=True)
        self._tell, self.text = tell, ""

    def on_finalized_text(self, text: str, stream_end: bool = False):
        if text:
            self.text += text
            self._tell(text)


class _Stop(StoppingCriteria):
    """Ends the answer after the token at which it was wanted."""

    wanted = False

    def __call__(self, input_ids: torch.Tensor, scores: Any, **kwargs) -> Any:
        return torch.full((len(input_ids),), self.wanted, dtype=torch.bool, device=input_ids.device)


@contextmanager
def _stoppable() -> Iterator[_Stop]:
    """Ctrl-C asks to stop instead of raising KeyboardInterrupt, which is lost where it comes while Python clears up.

    A second one raises it.
    """
    stop = _Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # only the main thread hears signals
        return

    def want(*_):
        if stop.wanted:
            raise KeyboardInterrupt
        stop.wanted = True

    before = signal.signal(signal.SIGINT, want)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


@torch.inference_mode()
def answer(
    assistant: Assistant, messages: Sequence[dict[str, Any]], tell: Callable[[str], None], *, max_new_tokens: int
) -> tuple[str, bool]:
    """Answers greedily.

    Args:
        assistant: a model with its processor.
        messages: a conversation that ends with a question.
        tell: gets pieces of the answer.
        max_new_tokens: of the answer.

    Returns:
        The answer, and whether it is whole: Ctrl-C ends it early.

    Raises:
        ValueError: the conversation is longer than the model reads.
    """
    processor = assistant.processor
    system = [] if processor.system_message is None else [{"role": "system", "content": processor.system_message}]
    inputs = processor.apply_chat_template(
        [[*system, *messages]], add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
    ).to(assistant.model.device)
    length = inputs["input_ids"].shape[1]
    try:
        assistant.check_length([length], max_new_tokens)
    except ValueError:
        raise ValueError(
            f"the talk has {length} tokens, which leaves no room for an answer of {max_new_tokens}; begin a !new one"
        ) from None
    teller = _Teller(processor.tokenizer, tell)
    with _stoppable() as stop:
        options = {"streamer": teller, "stopping_criteria": StoppingCriteriaList([stop])}
        assistant.model.generate(**inputs, **options, do_sample=False, max_new_tokens=max_new_tokens)
    return teller.text.strip(), not stop.wanted
