"""Models that are loaded from safetensors unless somebody asks for more."""

from typing import Any


class SafeWeightsMixin:
    """Before `PreTrainedModel`: pickled weights (`pytorch_model.bin`) are read only with `use_safetensors=False`."""

    @classmethod
    def from_pretrained(cls, *args: Any, use_safetensors: bool | None = True, **kwargs: Any) -> Any:
        """transformers' own."""
        return super().from_pretrained(*args, use_safetensors=use_safetensors, **kwargs)  # pyright: ignore
