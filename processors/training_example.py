"""One conversation as ids, graphs and labels, by the processor's template and tokenizer. It cuts nothing."""

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any

from processors.control_tokens import encode_pieces, marked_pieces, says_control_tokens
from processors.conversation import MOLECULE_KEYS, molecule_of
from processors.example import IGNORED_LABEL, Example
from processors.placeholders import assign_molecules
from processors.tokenization import check_letters

if TYPE_CHECKING:
    from processors.processing import LlamoProcessor


def encode(
    processor: "LlamoProcessor", messages: list[dict], sanitize_control_tokens: bool | None, **options
) -> Example:
    """See `LlamoProcessor.encode_conversation`; `options` are the tokenizer's."""
    as_text = not processor.parse_special_tokens if sanitize_control_tokens is None else sanitize_control_tokens
    if not as_text:
        return _as_written(processor, messages, options)
    messages = [_with_graphs(processor, message, number) for number, message in enumerate(messages)]
    if not says_control_tokens([messages], processor.tokenizer):
        return _as_written(processor, messages, options)
    return _as_text(processor, messages, options)


def _as_written(processor: "LlamoProcessor", messages: list[dict], options: dict) -> Example:
    """By transformers, which takes special tokens for what they are, whoever wrote them."""
    encoded = processor.apply_chat_template(
        messages, tokenize=True, return_dict=True, return_assistant_tokens_mask=True, processor_kwargs=options
    )
    masks = encoded.pop("assistant_masks")[0]
    example = {name: value if name.startswith("graph_") else value[0] for name, value in encoded.items()}
    return example | {"labels": _labels(example["input_ids"], masks)}


def _as_text(processor: "LlamoProcessor", messages: list[dict], options: dict) -> Example:
    """Special tokens are the template's alone."""
    (chat,), _ = processor._normalize_conversations([messages])
    graphs = [graph for message in chat for graph in message.pop("molecules", [])]
    pieces = marked_pieces(processor.tokenizer, chat, processor._resolve_chat_template(None))
    texts = [text for text, _ in pieces]
    check_letters("".join(texts), row=0)
    rows = zip(texts, assign_molecules(texts, graphs), strict=True)
    ids_of = encode_pieces(processor.tokenizer, [processor.expand(text, row)[0] for text, row in rows], **options)
    masks = ([is_answer] * len(ids) for ids, (_, is_answer) in zip(ids_of, pieces, strict=True))
    ids = list(chain.from_iterable(ids_of))
    example = {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": _labels(ids, chain.from_iterable(masks))}
    return example | (dict(processor.feature_extractor.pack(graphs)) if graphs else {})


def _with_graphs(processor: "LlamoProcessor", message: dict, number: int) -> dict:
    """The message with its molecules read."""
    if not isinstance(content := message.get("content"), list):
        return message
    where = f"row 0, message {number}"
    read = [
        {
            **{name: value for name, value in part.items() if name not in MOLECULE_KEYS},
            "molecule": processor.feature_extractor.featurize(molecule_of(part, where=where), row=0),
        }
        if part.get("type") == "molecule"
        else part
        for part in content
    ]
    return {**message, "content": read}


def _labels(ids: list[int], masks: Iterable[Any]) -> list[int]:
    return [token if own else IGNORED_LABEL for token, own in zip(ids, masks, strict=True)]
