"""Model and processor a recipe asks for: from a LLaMo, around a pretrained language model, or from scratch."""

from collections.abc import Iterable
from typing import Any, cast

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from configuration import LlamoGraphConfig, LlamoProjectorConfig
from llamo.damage import named
from llamo.loading import load_pair
from llamo.training.recipe import ModelRecipe
from llamo.training.tokenizer import build_tokenizer
from modeling_llamo import LlamoForConditionalGeneration, LlamoGraphEncoder
from modeling_llamo.text import load_text_model
from processors import LlamoProcessor


def build_model(
    recipe: ModelRecipe, texts: Iterable[str], *, seed: int
) -> tuple[LlamoForConditionalGeneration, LlamoProcessor]:
    """Model and processor of a recipe.

    Args:
        recipe: what to build.
        texts: what a tokenizer from scratch is made of; not read otherwise.
        seed: of fresh weights.

    Raises:
        ValueError: the parts do not fit together.
    """
    if recipe.llamo is not None:
        return load_pair(recipe.llamo, **loading(recipe))
    torch.manual_seed(seed)
    if recipe.text_model is not None:
        with named(recipe.text_model, needed=()):
            tokenizer = AutoTokenizer.from_pretrained(recipe.text_model)
    else:
        tokenizer = build_tokenizer(texts, vocab_size=recipe.tokenizer_vocab_size)
    processor = _build_processor(recipe, tokenizer)
    model = LlamoForConditionalGeneration.from_components(
        _build_text_model(recipe, tokenizer),
        _build_encoder(recipe),
        LlamoProjectorConfig(**recipe.projector_config),
        graph_token_id=processor.graph_token_id,
    )
    processor.num_graph_tokens = model.config.num_graph_tokens
    processor.feature_extractor.num_chirality_tags = model.config.graph_config.atom_vocab_sizes[1]
    return model, processor


def _build_processor(recipe: ModelRecipe, tokenizer: PreTrainedTokenizerBase) -> LlamoProcessor:
    options = dict(recipe.processor)
    make = LlamoProcessor.released if options.pop("released", False) else LlamoProcessor.from_tokenizer
    try:
        return make(tokenizer, **options)
    except TypeError as error:
        raise ValueError(f"model.processor: {error}") from None


def _build_text_model(recipe: ModelRecipe, tokenizer: PreTrainedTokenizerBase) -> PreTrainedModel:
    if recipe.text_model is not None:
        with named(recipe.text_model, needed=()):
            return load_text_model(recipe.text_model, **loading(recipe))
    special = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    values: dict[str, Any] = {**special, **cast(dict, recipe.text_config), "vocab_size": len(tokenizer)}
    try:
        config = AutoConfig.for_model(values.pop("model_type"), **values)
    except KeyError:
        raise ValueError("model.text_config needs a model_type, such as llama") from None
    return AutoModelForCausalLM.from_config(config)


def _build_encoder(recipe: ModelRecipe) -> LlamoGraphEncoder | LlamoGraphConfig:
    if recipe.graph_encoder is None:
        return LlamoGraphConfig(**recipe.graph_config)
    load = {
        "llamo": LlamoGraphEncoder.from_pretrained,
        "moleculestm": LlamoGraphEncoder.from_moleculestm,
        "graphcl": LlamoGraphEncoder.from_graphcl,
    }
    return load[recipe.graph_encoder_layout](recipe.graph_encoder)


def loading(recipe: ModelRecipe, **more: Any) -> dict[str, Any]:
    """Options of every `from_pretrained` of a run. Nothing is quantised here: bases stay whole for merging."""
    options: dict[str, Any] = {"dtype": recipe.dtype, **more}
    if recipe.attn_implementation is not None:
        options["attn_implementation"] = recipe.attn_implementation
    return options


def four_bit() -> Any:
    """4-bit NF4 with bfloat16 products, as in QLoRA (arXiv 2305.14314); encoder, projector and head stay."""
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
        llm_int8_skip_modules=["model.graph_encoder", "model.projector", "lm_head"],
    )
