"""From the shapes in a released checkpoint to configuration, tokenizer and processor of the model it holds."""

import re
from dataclasses import dataclass

from transformers import AutoConfig, AutoTokenizer, GenerationConfig, PreTrainedTokenizerBase

from configuration import LlamoConfig, LlamoProjectorConfig
from llamo.convert.checkpoint import ReleasedCheckpoint
from llamo.convert.names import text_embedding
from modeling_llamo import moleculestm
from modeling_llamo.text import decoder_name
from processors import LlamoProcessor


@dataclass
class Layout:
    """What a converted model is besides its weights.

    Attributes:
        config: of the whole model; its language model has a row for `<graph>`.
        processor: writes the released prompts.
        generation: defaults of `generate`, the language model's own.
        text_prefix: attribute of the decoder in the causal-LM class.
        embedding: name of the token embedding in the checkpoint.
        rows: its rows.
    """

    config: LlamoConfig
    processor: LlamoProcessor
    generation: GenerationConfig
    text_prefix: str
    embedding: str
    rows: int


def find_layout(checkpoint: ReleasedCheckpoint, text_model: str, *, num_attention_heads: int = 4) -> Layout:
    """The layout of a checkpoint.

    Args:
        checkpoint: the opened file.
        text_model: folder or Hub id of the language model it was trained from: its config and tokenizer.
        num_attention_heads: of the projector; shapes do not tell. The paper's.

    Raises:
        ValueError: the checkpoint and the language model do not belong together, or tensors are missing.
    """
    text_config = AutoConfig.from_pretrained(text_model)
    prefix = decoder_name(text_config)
    embedding = text_embedding(checkpoint.tensors, f"language_model.{prefix}.")
    if embedding is None:
        raise ValueError(
            f"the checkpoint has no token embedding of a {text_config.model_type} model; pass the language model it "
            "was trained from as text model"
        )
    rows = checkpoint.tensors[embedding].shape[0]
    tokenizer = fit_tokenizer(AutoTokenizer.from_pretrained(text_model), rows, text_config.vocab_size)
    processor = LlamoProcessor.released(tokenizer)
    text_config.vocab_size = max(rows, processor.graph_token_id + 1)
    graph = {name: value for name, value in checkpoint.tensors.items() if name.startswith("graph_model.")}
    config = LlamoConfig(
        graph_config=moleculestm.convert(graph)[0],
        projector_config=_find_projector(checkpoint, num_attention_heads),
        text_config=text_config,
        graph_token_id=processor.graph_token_id,
        architectures=["LlamoForConditionalGeneration"],
    )
    processor.num_graph_tokens = config.num_graph_tokens
    generation = _find_generation(text_model, text_config, tokenizer)
    return Layout(config, processor, generation, prefix, embedding, rows)


def fit_tokenizer(tokenizer: PreTrainedTokenizerBase, rows: int, vocab_size: int) -> PreTrainedTokenizerBase:
    """The tokenizer with the `<pad>` that the released code appends, where the checkpoint has a row for it.

    Raises:
        ValueError: tokens and embedding rows differ in number.
    """
    size = len(tokenizer)
    if rows == size + 1 and "<pad>" not in tokenizer.get_vocab():
        tokenizer.add_special_tokens({"pad_token": "<pad>"})
    elif not (rows == size or (rows == vocab_size and rows > size)):
        raise ValueError(
            f"the checkpoint has {rows} embedding rows, the text model's tokenizer {size} tokens (expected {rows} or, "
            f"with <pad> to be added, {rows - 1}); pass the language model the checkpoint was trained from"
        )
    return begin_texts_once(tokenizer)


def begin_texts_once(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerBase:
    """A SentencePiece-like tokenizer that marks the beginning of a text only, as the released (non-legacy) one does.

    Legacy ones mark the beginning of every piece between special tokens, which gives other ids than training had.
    """
    from tokenizers import pre_tokenizers

    backend = getattr(tokenizer, "backend_tokenizer", None)
    marks = backend is not None and "▁" in tokenizer.convert_ids_to_tokens(
        tokenizer(" ", add_special_tokens=False)["input_ids"]
    )
    if backend is not None and marks and tokenizer.bos_token is not None:
        pieces = tokenizer.convert_ids_to_tokens(
            tokenizer(f"{tokenizer.bos_token}[", add_special_tokens=False)["input_ids"]
        )
        if pieces[1].startswith("▁"):
            backend.normalizer = None
            backend.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=False)
    return tokenizer


def _find_projector(checkpoint: ReleasedCheckpoint, num_attention_heads: int) -> LlamoProjectorConfig:
    tensors = checkpoint.tensors
    try:
        levels, motifs = tensors["abstractor.query_tokens"], tensors["abstractor.motif_query_tokens"]
        motif_vocab = tensors["abstractor.motif_weight.weight"].shape[1]
    except KeyError as error:
        raise ValueError(f"the checkpoint lacks tensors: mllm.{error.args[0]}") from None
    return LlamoProjectorConfig.released(
        num_query_tokens=levels.shape[1],
        num_motif_query_tokens=motifs.shape[0],
        motif_vocab_size=motif_vocab,
        num_attention_heads=num_attention_heads,
        mlp_depth=sum(re.fullmatch(r"abstractor\.net\.\d+\.weight", name) is not None for name in tensors),
    )


def _find_generation(text_model: str, text_config, tokenizer: PreTrainedTokenizerBase) -> GenerationConfig:
    try:
        generation = GenerationConfig.from_pretrained(text_model)
    except OSError:  # the folder has none
        generation = GenerationConfig.from_model_config(text_config)
    if generation.pad_token_id is None:
        generation.pad_token_id = tokenizer.pad_token_id
    return generation
