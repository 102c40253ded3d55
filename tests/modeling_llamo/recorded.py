"""A small loader of the recorded reference weights (see `tests/paths.py`) into LLaMo's names."""

import json
import re

import torch
from safetensors.torch import load_file

from configuration import LlamoConfig
from modeling_llamo import LlamoForConditionalGeneration
from tests.paths import GOLDEN

_NAMES = [
    (
        r"graph_model\.molecule_node_model\.atom_encoder\.atom_embedding_list\.",
        "model.graph_encoder.atom_embedding.tables.",
    ),
    (r"graph_model\.molecule_node_model\.gnns\.(\d+)\.mlp\.0\.", r"model.graph_encoder.layers.\1.up_proj."),
    (r"graph_model\.molecule_node_model\.gnns\.(\d+)\.mlp\.1\.", r"model.graph_encoder.layers.\1.inner_norm."),
    (r"graph_model\.molecule_node_model\.gnns\.(\d+)\.mlp\.3\.", r"model.graph_encoder.layers.\1.down_proj."),
    (r"graph_model\.molecule_node_model\.gnns\.(\d+)\.eps", r"model.graph_encoder.layers.\1.eps"),
    (
        r"graph_model\.molecule_node_model\.gnns\.(\d+)\.bond_encoder\.bond_embedding_list\.",
        r"model.graph_encoder.layers.\1.bond_embedding.tables.",
    ),
    (r"graph_model\.molecule_node_model\.batch_norms\.(\d+)\.", r"model.graph_encoder.layers.\1.norm."),
    (r"abstractor\.motif_query_tokens", "model.projector.motif_queries"),
    (r"abstractor\.query_tokens", "model.projector.level_queries"),
    (r"abstractor\.motif_weight\.", "model.projector.motif_embedding."),
    (r"abstractor\.layer_norm\.", "model.projector.mlp.norm."),
    (r"abstractor\.net\.(\d+)\.", lambda match: f"model.projector.mlp.layers.{int(match[1]) // 2}."),
    (r"language_model\.model\.", "model.language_model."),
    (r"language_model\.lm_head\.", "lm_head."),
]
_ATTENTION = re.compile(r"abstractor\.(motif_cross_attention|cross_attention\.0)\.(in_proj|out_proj)[._](weight|bias)")


def _renamed(name: str, tensor: torch.Tensor) -> dict[str, torch.Tensor]:
    match = _ATTENTION.fullmatch(name)
    if match:
        attention = "motif_attention" if match[1].startswith("motif") else "level_attention"
        kinds = ("query", "key", "value") if match[2] == "in_proj" else ("output",)
        parts = tensor.chunk(len(kinds))
        return {f"model.projector.{attention}.{k}_{match[3]}": part[None] for k, part in zip(kinds, parts, strict=True)}
    for pattern, target in _NAMES:
        renamed, hits = re.subn(f"^{pattern}", target, name)
        if hits:
            return {renamed: tensor}
    raise KeyError(name)


def recorded_model() -> LlamoForConditionalGeneration:
    """The recorded model in float32, eval mode; every weight is taken, but for the LayerNorm nothing reads."""
    stored = load_file(GOLDEN / "state_dict.safetensors")
    text_config = json.loads((GOLDEN / "llm" / "config.json").read_text()) | {"vocab_size": 482}
    model = LlamoForConditionalGeneration(LlamoConfig.released(text_config=text_config, graph_token_id=481))
    weights: dict[str, torch.Tensor] = {}
    for name, tensor in stored.items():
        name = name.removeprefix("mllm.")
        if not name.startswith("ln_graph_model."):
            weights |= _renamed(name, tensor.float() if tensor.is_floating_point() else tensor)
    for name in ("lm_head.weight", "model.language_model.embed_tokens.weight"):  # a row for the placeholder
        weights[name] = torch.nn.functional.pad(weights[name], (0, 0, 0, 1))
    model.load_state_dict(weights, strict=True)
    return model.eval()
