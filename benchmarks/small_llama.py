"""A LLaMo around a random Llama of 110 million parameters, and the bare Llama with the very same weights."""

from collections.abc import Iterable
from typing import Any, cast

import torch
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

from benchmarks.molecule_batches import give_statistics, real_graphs
from configuration import LlamoConfig
from modeling_llamo import LlamoForConditionalGeneration

GRAPH_TOKEN = 3
VOCAB_SIZE = 32000


def build(layers: int = 12) -> tuple[LlamoForConditionalGeneration, LlamaForCausalLM]:
    """LLaMo with the paper's graph side, and the language model that it shares all text weights with."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=VOCAB_SIZE,
        hidden_size=768,
        intermediate_size=2048,
        num_hidden_layers=layers,
        num_attention_heads=12,
        tie_word_embeddings=True,
        pad_token_id=0,
    )
    text = LlamaForCausalLM(config).eval()
    model = LlamoForConditionalGeneration.from_components(text, graph_token_id=GRAPH_TOKEN).eval()
    give_statistics(cast(nn.Module, model.model.graph_encoder))
    return model, text


def make_optimizer(parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    return torch.optim.AdamW(parameters, lr=1e-6, fused=True)


def train_step(model: nn.Module, optimizer: torch.optim.Optimizer, inputs: dict[str, Any]):
    """A whole training step: forward, backward, AdamW; labels are among the inputs."""
    optimizer.zero_grad()
    model(**inputs).loss.backward()
    optimizer.step()


def size(model: nn.Module) -> str:
    """Parameters in millions."""
    return f"{sum(parameter.numel() for parameter in model.parameters()) / 1e6:.0f} M"


def text_inputs(rows: int, length: int) -> dict[str, torch.Tensor]:
    """Random words of full length."""
    words = torch.randint(4, VOCAB_SIZE, (rows, length), generator=torch.Generator().manual_seed(0))
    return {"input_ids": words, "attention_mask": torch.ones_like(words)}


def graph_inputs(model: LlamoForConditionalGeneration, rows: int, length: int) -> dict[str, Any]:
    """The same, with one real molecule per row whose graph tokens take the place of words."""
    inputs = text_inputs(rows, length)
    config = cast(LlamoConfig, model.config)
    inputs["input_ids"][:, 1 : 1 + (config.num_graph_tokens or 0)] = GRAPH_TOKEN
    return {**inputs, **real_graphs(rows)}
