"""Tokens of texts in which placeholders are expanded: fitted to a length outside graph tokens, padded."""

from typing import Any

from tokenizers import AddedToken
from transformers import PreTrainedTokenizerBase

from processors.placeholders import GRAPH_TOKEN, fit_length


def add_special_tokens(tokenizer: PreTrainedTokenizerBase):
    """Adds `<graph>` where it is missing, and names a pad token where there is none."""
    if GRAPH_TOKEN not in tokenizer.get_vocab():
        token: Any = AddedToken(GRAPH_TOKEN, normalized=False, special=True)
        tokenizer.add_tokens([token], special_tokens=True)
    if tokenizer.eos_token is None and "</s>" in tokenizer.get_vocab():
        tokenizer.add_special_tokens({"eos_token": "</s>"})  # Galactica's names none
    if tokenizer.pad_token is None:
        if tokenizer.eos_token is None:
            tokenizer.add_special_tokens({"pad_token": "<pad>"})
        else:
            tokenizer.pad_token = tokenizer.eos_token


def split_options(options: dict) -> dict:
    """`sanitize_control_tokens` and tensors are options of the chat template, the rest of the tokenizer."""
    own = {name: options.pop(name) for name in ("sanitize_control_tokens", "return_tensors") if name in options}
    return {**own, "processor_kwargs": options}


def tokenize(
    tokenizer: PreTrainedTokenizerBase, texts: list[str], options: dict, tensor_type: str | None, *, graph_token_id: int
) -> dict:
    """Token ids of expanded texts, fitted to `max_length` outside graph tokens, padded.

    Raises:
        ValueError: a text has letters that cannot be written, or is too long; names its row.
    """
    padding, side = options.pop("padding", False), options.pop("padding_side", None)
    truncation, max_length = options.pop("truncation", False), options.pop("max_length", None)
    multiple = options.pop("pad_to_multiple_of", None)
    for number, text in enumerate(texts):
        check_letters(text, number)
    encoded = dict(tokenizer(texts, padding=False, truncation=False, **options))
    if max_length is not None:
        protected = set(tokenizer.all_special_ids) | {graph_token_id}
        for number, ids in enumerate(encoded["input_ids"]):
            keep = fit_length(
                ids,
                protected,
                max_length,
                side=tokenizer.truncation_side,
                row=number,
                truncation=bool(truncation) and truncation != "do_not_truncate",
            )
            for values in encoded.values():
                values[number] = [values[number][position] for position in keep]
    offsets = encoded.pop("offset_mapping", None)
    lengths = [len(ids) for ids in encoded["input_ids"]]
    padded = tokenizer.pad(
        encoded,
        padding=padding,
        max_length=max_length,
        pad_to_multiple_of=multiple,
        padding_side=side,
        return_tensors=tensor_type if padding else None,
    )
    data = dict(padded)
    if offsets is not None:
        side = side or tokenizer.padding_side
        data["offset_mapping"] = [
            _pad_offsets(row, len(ids) - length, side)
            for row, ids, length in zip(offsets, data["input_ids"], lengths, strict=True)
        ]
    return data


def check_letters(text: str, row: int):
    """Refuses half letters.

    Raises:
        ValueError: there is one; names `row`.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"row {row}: the text has {text[error.start]!r}, half of a surrogate pair, which is no letter; correct the "
            "text or how it was read"
        ) from None


def _pad_offsets(offsets: list, missing: int, side: str) -> list:
    padding = [(0, 0)] * missing
    return padding + list(offsets) if side == "left" else list(offsets) + padding
