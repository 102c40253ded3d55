"""A small tokenizer made of given texts, for language models from scratch. Knows no model and no molecule."""

from collections.abc import Iterable

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

_SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")
# What the chat template writes around a question.
_TEMPLATE_TEXT = "User:\nAssistant:\n\n"


def build_tokenizer(texts: Iterable[str], *, vocab_size: int = 600) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer: frequent words are one token, and no text is unknown to it.

    Args:
        texts: what to learn the words from.
        vocab_size: upper bound of the vocabulary.
    """
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(_SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    # Twice: a word has to occur twice to become a token.
    tokenizer.train_from_iterator([*texts, _TEMPLATE_TEXT] * 2, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )
