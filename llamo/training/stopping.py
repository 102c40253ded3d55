"""What ends a run early: a signal, a loss that is no number, a full disk, memory that runs out, a stream that breaks.

A whole checkpoint is left to go on from.
"""

import errno
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
import torch.distributed as dist
from transformers import TrainerCallback
from transformers.utils import logging

from llamo.data.reading import UNREADABLE, check_readable
from llamo.data.sources import DataSource
from llamo.out_of_memory import is_out_of_memory
from llamo.training.checkpoints import last_whole
from modeling_llamo.batch_norm import is_shared

_FULL = (errno.ENOSPC, errno.EDQUOT)
# Of safetensors, for each number; the last two are all that `torch.save` says.
_FULL_IN_WORDS = ("No space left", "os error 28", "os error 122", "inline_container.cc", "iostream error")
logger = logging.get_logger(__name__)


class TrainingStopped(RuntimeError):
    """Training ended before its end; the message says why and how to go on."""


def remedy(folder: Path) -> str:
    """How to go on after a stop."""
    checkpoint = last_whole(folder)
    return (
        f"the last whole checkpoint is {checkpoint}; go on with --resume"
        if checkpoint
        else "there is no checkpoint yet"
    )


def check_finite(loss: torch.Tensor, *, step: int, folder: Path):
    """Raises before a loss that is no number can spoil the weights."""
    if not torch.isfinite(loss).all():
        raise TrainingStopped(
            f"the loss is {float(loss):g} at step {step + 1}: lower the learning rate, clip gradients, or train in "
            f"bf16 or float32 instead of fp16; {remedy(folder)}"
        )


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turns a full disk into one line; what was half written is no whole checkpoint and is passed over."""
    try:
        yield
    except Exception as error:  # safetensors and torch wrap the system's error in their own, or lose it
        text = str(error)
        if getattr(error, "errno", None) not in _FULL and not any(words in text for words in _FULL_IN_WORDS):
            raise
        raise TrainingStopped(f"no space left on the disk of {folder}; make room, then {remedy(folder)}") from error


@contextmanager
def memory_errors(folder: Path) -> Iterator[None]:
    """Turns memory that runs out into one line: in this process, or in one that reads data, which is then killed."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        text = str(error)
        if "DataLoader worker" in text and "killed" in text:
            raise TrainingStopped(
                "a process that reads data was killed, mostly for want of memory: lower dataloader_num_workers; "
                f"{remedy(folder)}"
            ) from error
        if isinstance(error, TrainingStopped) or not is_out_of_memory(error):
            raise
        raise TrainingStopped(
            "out of memory: lower per_device_train_batch_size and raise gradient_accumulation_steps as much, switch "
            f"activation_checkpointing on, or lower data.max_length; {remedy(folder)}"
        ) from error


@contextmanager
def data_errors(sources: Sequence[DataSource], folder: Path) -> Iterator[None]:
    """Turns a stream that breaks in its midst into one line with its file and row, which a second reading finds."""
    try:
        yield
    except Exception as error:
        text = str(error)
        if "RowError: " in text and "DataLoader worker" in text:
            raise TrainingStopped(f"{text.rsplit('RowError: ', 1)[1].strip()}; {remedy(folder)}") from error
        if isinstance(error, UNREADABLE) or "in DataLoader worker" in text:
            for source in sources:
                try:
                    check_readable(source)
                except ValueError as found:
                    raise TrainingStopped(f"{found}; then {remedy(folder)}") from error
        raise


class StopOnSignal(TrainerCallback):
    """The first Ctrl-C or SIGTERM ends training after the current step with a checkpoint; the second at once."""

    def __init__(self):
        self.received: int | None = None

    @contextmanager
    def installed(self) -> Iterator["StopOnSignal"]:
        """Takes over the two signals, as long as it lasts."""
        old = {number: signal.signal(number, self._receive) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield self
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)

    def _receive(self, number, frame):
        if self.received is not None:
            raise KeyboardInterrupt
        self.received = number
        logger.warning(f"{signal.Signals(number).name}: saving a checkpoint after this step; again to stop at once")

    def on_step_end(self, args, state, control, **kwargs):
        if is_shared():  # all processes stop at the same step, whichever got the signal
            flag = torch.tensor(self.received or 0, device=args.device)
            dist.all_reduce(flag, op=dist.ReduceOp.MAX)
            self.received = int(flag) or None
        if self.received is not None:
            control.should_save = True
            control.should_training_stop = True
        return control
