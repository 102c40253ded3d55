"""A small tokenizer made of given texts, for language models from scratch. Knows no model and no molecule."""

from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

_SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")
# What the chat template writes around a question.
_TEMPLATE_TEXT = "User:\nAssistant:\n\n"
# The characters of a SMILES, which stands between the template's "User:" and the graph tokens, one by one.
_SMILES_CHARACTERS = r"(?:(?<=User:\n)(?=\S+\z)|\G(?!\A))(?:Cl|Br|\S)"


def build_tokenizer(
    texts: Iterable[str], *, vocab_size: int = 600, split_smiles: bool = False
) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer: frequent words are one token, and no text is unknown to it.

    Args:
        texts: what to learn the words from.
        vocab_size: upper bound of the vocabulary.
        split_smiles: one token for each character of a SMILES in front of graph tokens, `Cl` and `Br` in one, so that
            atoms can be counted.
    """
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    words = pre_tokenizers.ByteLevel(add_prefix_space=False)
    characters = pre_tokenizers.Split(Regex(_SMILES_CHARACTERS), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([characters, words]) if split_smiles else words
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
