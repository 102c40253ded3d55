"""Text that reads like a control token and stays text. Knows tokenizers and chat templates, no graphs.

transformers makes one of two things from a conversation: text out of such words (`sanitize_control_tokens`), or the
mask of the answers. Here is what makes both, for the few training rows that need it.
"""

from itertools import chain, pairwise
from typing import Any, cast
from weakref import WeakKeyDictionary

from transformers import PreTrainedTokenizerBase
from transformers.utils.chat_template_utils import (
    _CONTROL_TOKEN_START,
    _get_control_token_patterns,
    mark_control_tokens,
    render_jinja_template,
)

from processors.conversation import molecule_of, scrub
from processors.placeholders import GRAPH_TOKEN

_added: WeakKeyDictionary[PreTrainedTokenizerBase, tuple[int, tuple[str, ...]]] = WeakKeyDictionary()


def says_control_tokens(conversations: list[list[dict]], tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether what users wrote, or what stands for their molecules (as graphs), reads like an added token."""
    texts = [text for messages in conversations for message in messages for text in _texts(message["content"])]
    return any(token in text for token in _added_tokens(tokenizer) for text in texts)


def _added_tokens(tokenizer: PreTrainedTokenizerBase) -> tuple[str, ...]:
    """Looked up again only when the vocabulary grows: it takes longer than many a conversation."""
    size = len(cast(Any, tokenizer))
    if (kept := _added.get(tokenizer)) is None or kept[0] != size:
        kept = _added[tokenizer] = size, tuple(cast(Any, tokenizer).get_added_vocab())
    return kept[1]


def _texts(content: Any) -> list[str]:
    """What cannot be read here is refused where the conversation is rendered."""
    if isinstance(content, str):
        return [scrub(content)]
    texts = [part["text"] for part in content or [] if part.get("type") == "text"]
    graphs = [molecule_of(part, where="") for part in content or [] if part.get("type") == "molecule"]
    return [*map(scrub, texts), *(scrub(graph.smiles or "") for graph in graphs)]


def marked_pieces(tokenizer: PreTrainedTokenizerBase, chat: list[dict], template: str) -> list[tuple[str, bool]]:
    """A conversation as text, cut where answers begin and end as it is where a model is asked.

    Args:
        tokenizer: its control tokens are marked in what the messages say, but for `<graph>`, which in training must
            have its molecule.
        chat: messages whose contents are texts.
        template: marks the assistant's text.

    Returns:
        Pieces for `encode_pieces`, and whether each is the assistant's.
    """
    tokens = tuple(token for token in tokenizer._get_control_tokens(template) if token != GRAPH_TOKEN)
    special: Any = tokenizer.special_tokens_map
    rendered: Any = render_jinja_template(
        conversations=[mark_control_tokens(chat, _get_control_token_patterns(tokens)[0])],
        chat_template=template,
        return_assistant_tokens_mask=True,
        **special,
    )
    (text,), (spans,) = rendered
    answers = {start for start, end in spans if start < end}
    borders = sorted({0, len(text), *chain.from_iterable(spans)})
    return [(text[start:end], start in answers) for start, end in pairwise(borders)]


def encode_pieces(tokenizer: PreTrainedTokenizerBase, texts: list[str], **options: Any) -> list[list[int]]:
    """Ids of each piece; marked words are text.

    Raises:
        ValueError: the tokenizer adds special tokens that the template does not write.
    """
    bos = cast(str | None, tokenizer.bos_token)
    adds = bos is None or not texts[0].startswith(bos)
    options = {"sanitize_control_tokens": True, "padding": False, "truncation": False, **options}
    try:
        first: Any = tokenizer(texts[0], add_special_tokens=adds, **options)
    except NotImplementedError:
        raise ValueError(
            "the text reads like a special token, and this tokenizer adds tokens of its own that the chat template "
            "does not write; write them there, change the text, or pass sanitize_control_tokens=False"
        ) from None
    # A mark alone is dropped, but says that the text does not begin here.
    rest: list[Any] = [
        tokenizer(_CONTROL_TOKEN_START + text, add_special_tokens=False, **options) for text in texts[1:]
    ]
    return [piece["input_ids"] for piece in (first, *rest)]
