"""The demo's model: all parts of LLaMo, each very small, with random weights."""

from typing import cast

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerBase

from configuration import LlamoGraphConfig, LlamoProjectorConfig
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoProcessor

WIDTH = 96


def build_model(
    tokenizer: PreTrainedTokenizerBase, *, seed: int = 0
) -> tuple[LlamoForConditionalGeneration, LlamoProcessor]:
    """A LLaMo from scratch, and the processor that feeds it graph tokens only, no SMILES text."""
    processor = LlamoProcessor.from_tokenizer(tokenizer, include_smiles=False)
    torch.manual_seed(seed)
    text_config = LlamaConfig(
        vocab_size=len(processor.tokenizer),
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=256,
        tie_word_embeddings=True,
        bos_token_id=cast(int, tokenizer.bos_token_id),
        eos_token_id=cast(int, tokenizer.eos_token_id),
        pad_token_id=cast(int, tokenizer.pad_token_id),
    )
    model = LlamoForConditionalGeneration.from_components(
        LlamaForCausalLM(text_config),
        LlamoGraphConfig(hidden_size=WIDTH, num_hidden_layers=4),
        LlamoProjectorConfig(num_query_tokens=2, num_motif_query_tokens=2, mlp_depth=2),
        graph_token_id=processor.graph_token_id,
    )
    processor.num_graph_tokens = model.config.num_graph_tokens
    return model, processor
