"""Graph placeholders in prompt text: finding them, expanding them, never cutting them."""

import re

from transformers.processing_utils import _UNMARKED
from transformers.utils import logging
from transformers.utils.chat_template_utils import _CONTROL_TOKEN_END, _CONTROL_TOKEN_START

from processors.graph import MoleculeGraph

logger = logging.get_logger(__name__)

GRAPH_TOKEN = "<graph>"
# Stands for a molecule while a chat template renders: a private-use character that no template, tokenizer or user
# writes, so that a literal "<graph>" typed by a user can be told from a molecule.
MOLECULE_MARK = "\U000fe0f0"
# What transformers' sanitize_control_tokens sets around text that reads like a control token. Where that is off, they
# are no user's to write: a placeholder behind one would be a graph token that nobody counts.
TEXT_MARKS = _CONTROL_TOKEN_START + _CONTROL_TOKEN_END
# "<graph>" that transformers' sanitize_control_tokens has not marked as the user's own text, or a molecule's mark.
_PLACEHOLDER = re.compile(f"{_UNMARKED}{re.escape(GRAPH_TOKEN)}|{MOLECULE_MARK}")
_SPACED_PLACEHOLDER = re.compile(rf"\s*(?:{_PLACEHOLDER.pattern})\s*")


def count_placeholders(text: str) -> int:
    """Molecules a text has room for."""
    return len(_PLACEHOLDER.findall(text))


def assign_molecules(texts: list[str], molecules: list) -> list[list]:
    """Gives each text its molecules, in order of their placeholders.

    Args:
        texts: one per row.
        molecules: a list per row, or one flat list over all rows.

    Raises:
        ValueError: a row's placeholders and molecules differ in number.
    """
    counts = [count_placeholders(text) for text in texts]
    nested = len(molecules) == len(texts) and all(isinstance(row, list | tuple) or row is None for row in molecules)
    if not nested:
        if sum(counts) != len(molecules):
            raise ValueError(
                f"the text has {sum(counts)} {GRAPH_TOKEN} placeholders, but {len(molecules)} molecules came"
            )
        flat = iter(molecules)
        return [[next(flat) for _ in range(count)] for count in counts]
    rows = [list(row or []) for row in molecules]
    for number, (count, row) in enumerate(zip(counts, rows, strict=True)):
        if count != len(row):
            raise ValueError(
                f"row {number}: the text has {count} {GRAPH_TOKEN} placeholders, but {len(row)} molecules came; "
                "one placeholder stands for one molecule (to ask one question of many molecules, repeat the prompt)"
            )
    return rows


def expand_placeholders(
    text: str, lengths: list[int], *, strip: bool = False, special_tokens: tuple[str, ...] = ()
) -> tuple[str, list[dict]]:
    """Repeats each placeholder once per graph token of its molecule.

    Args:
        text: one row.
        lengths: graph tokens of each molecule.
        strip: drop white space around graph tokens; text behind them then begins with one space, which gives its first
            word the mark a SentencePiece tokenizer sets at the start of a text.
        special_tokens: texts that `strip` sets no space before.

    Returns:
        The text, and for each placeholder its `span` before and its `new_span` after, as transformers' chat
        templates want them to move the assistant mask along.
    """
    pattern = _SPACED_PLACEHOLDER if strip else _PLACEHOLDER
    pieces, offsets, last, gained = [], [], 0, 0
    for match, length in zip(pattern.finditer(text), lengths, strict=True):
        start, end = match.span()
        replacement = GRAPH_TOKEN * length
        if strip and end < len(text) and not text.startswith(special_tokens, end) and not pattern.match(text, end):
            replacement += " "
        pieces += [text[last:start], replacement]
        new_start = start + gained
        offsets.append({"type": "graph", "span": (start, end), "new_span": (new_start, new_start + len(replacement))})
        gained += len(replacement) - (end - start)
        last = end
    return "".join([*pieces, text[last:]]), offsets


def num_graph_tokens(graph: MoleculeGraph, per_molecule: int | None) -> int:
    """Tokens one molecule takes: a fixed number, or (None) one per atom."""
    return len(graph.node_ids) if per_molecule is None else per_molecule


def fit_length(
    ids: list[int], protected: set[int], max_length: int, *, side: str, row: int, truncation: bool
) -> list[int]:
    """Positions to keep so that a row fits `max_length`; text is cut from `side`, graph and special tokens never.

    Raises:
        ValueError: the row is too long and `truncation` is off, or its protected tokens alone are too many.
    """
    excess = len(ids) - max_length
    if excess <= 0:
        return list(range(len(ids)))
    if not truncation:
        raise ValueError(
            f"row {row}: the prompt has {len(ids)} tokens, max_length is {max_length}; raise max_length, shorten the "
            "prompt, or pass truncation=True to cut text"
        )
    text_positions = [position for position, token in enumerate(ids) if token not in protected]
    if len(text_positions) < excess:
        raise ValueError(
            f"row {row}: {len(ids) - len(text_positions)} graph and special tokens alone exceed max_length {max_length}"
        )
    cut = set(text_positions[-excess:] if side == "right" else text_positions[:excess])
    logger.warning(f"row {row}: {excess} text tokens were cut from the {side} to fit max_length {max_length}")
    return [position for position in range(len(ids)) if position not in cut]
