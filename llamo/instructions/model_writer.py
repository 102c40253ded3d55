"""Conversations written by a causal language model on this machine, through transformers."""

from collections.abc import Iterator, Sequence
from typing import Any

from llamo.instructions.material import Material
from llamo.instructions.prompting import Prompting, draft_of
from llamo.instructions.writer import Draft


class ModelWriter:
    """Samples from a causal language model with a chat template.

    Args:
        path: folder or Hub id.
        prompting: what it is told.
        device: where it computes; None takes a GPU if there is one.
        dtype: as in `from_pretrained`.
        temperature: of sampling; 0 is greedy.
        batch_size: conversations at a time.

    Raises:
        ValueError: there is no such model, or its tokenizer has no chat template.
    """

    can_retry = True

    def __init__(
        self,
        path: str,
        prompting: Prompting,
        *,
        device: str | None = None,
        dtype: str = "auto",
        temperature: float = 0.7,
        batch_size: int = 8,
    ):
        from transformers import AutoTokenizer

        from llamo.damage import named
        from llamo.loading import choose_device
        from modeling_llamo.text import load_text_model

        try:
            with named(path, needed=()):
                self._tokenizer = AutoTokenizer.from_pretrained(path, padding_side="left")
                model: Any = load_text_model(path, dtype=dtype)
        except (OSError, ValueError) as error:
            raise ValueError(f"{path}: no language model can be loaded ({' '.join(str(error).split())})") from error
        if not self._tokenizer.chat_template:
            raise ValueError(f"{path}: its tokenizer has no chat template; take an instruction-tuned model")
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._model = model.to(choose_device(device)).eval()
        self.path, self.prompting, self.temperature, self.batch_size = path, prompting, temperature, batch_size

    def settings(self) -> dict[str, Any]:
        """See `Writer`."""
        return {"backend": "model", "model": self.path, "temperature": self.temperature, **self.prompting.settings()}

    def notes(self) -> str:
        """Nothing is paid."""
        return ""

    def write(self, materials: Sequence[Material], *, attempt: int) -> Iterator[Draft]:
        """See `Writer`."""
        for start in range(0, len(materials), self.batch_size):
            batch = materials[start : start + self.batch_size]
            texts = self._generate(
                [self.prompting.messages(one, attempt=attempt) for one in batch], (batch[0].row, attempt)
            )
            for material, text in zip(batch, texts, strict=True):
                yield Draft(material, reason="finish_reason length") if text is None else draft_of(material, text)

    def _generate(self, chats: Sequence[list[dict[str, str]]], numbers: tuple[int, int]) -> list[str | None]:
        """Texts; None where one did not come to an end."""
        import torch

        inputs = self._tokenizer.apply_chat_template(
            list(chats), add_generation_prompt=True, padding=True, return_tensors="pt", return_dict=True
        ).to(self._model.device)
        options = {"do_sample": True, "temperature": self.temperature} if self.temperature else {"do_sample": False}
        row, attempt = numbers
        with torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(self.prompting.seed + 1_000_003 * attempt + row)
            made = self._model.generate(
                **inputs, max_new_tokens=self.prompting.max_tokens, pad_token_id=self._tokenizer.pad_token_id, **options
            )[:, inputs["input_ids"].shape[1] :]
        ends = self._model.generation_config.eos_token_id
        ends = {ends} if isinstance(ends, int) else set(ends or ())
        return [
            self._tokenizer.decode(ids, skip_special_tokens=True).strip() if ends & set(ids.tolist()) else None
            for ids in made
        ]
