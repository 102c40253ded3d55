"""A tiny checkpoint in the released layout, its names written out by hand."""

from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedConfig

from tests.text import byte_tokenizer

WIDTH, LAYERS, QUERIES, TEXT_WIDTH = 8, 2, 2, 32


def text_folder(
    folder: Path, config: PreTrainedConfig | None = None, **options
) -> tuple[Path, dict[str, torch.Tensor]]:
    """A language model's folder and its state dict."""
    torch.manual_seed(1)
    tokenizer = byte_tokenizer()
    config = config or LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=TEXT_WIDTH,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        pad_token_id=0,
        **options,
    )
    model = AutoModelForCausalLM.from_config(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder, {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def attention(name: str) -> dict[str, tuple[int, ...]]:
    return {
        f"{name}.in_proj_weight": (3 * WIDTH, WIDTH),
        f"{name}.in_proj_bias": (3 * WIDTH,),
        f"{name}.out_proj.weight": (WIDTH, WIDTH),
        f"{name}.out_proj.bias": (WIDTH,),
    }


def norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.{part}": (width,) for part in ("weight", "bias", "running_mean", "running_var")}


def graph_shapes() -> dict[str, tuple[int, ...]]:
    """Names and shapes of everything but the language model, `num_batches_tracked` aside."""
    node = "graph_model.molecule_node_model"
    shapes: dict[str, tuple[int, ...]] = {"ln_graph_model.weight": (WIDTH,), "ln_graph_model.bias": (WIDTH,)}
    for column, rows in enumerate((119, 4, 12, 12, 10, 6, 6, 2, 2)):
        shapes[f"{node}.atom_encoder.atom_embedding_list.{column}.weight"] = (rows, WIDTH)
    for layer in range(LAYERS):
        gnn = f"{node}.gnns.{layer}"
        shapes |= {f"{gnn}.eps": (1,), f"{gnn}.mlp.0.weight": (2 * WIDTH, WIDTH), f"{gnn}.mlp.0.bias": (2 * WIDTH,)}
        shapes |= {f"{gnn}.mlp.3.weight": (WIDTH, 2 * WIDTH), f"{gnn}.mlp.3.bias": (WIDTH,)}
        shapes |= norm(f"{gnn}.mlp.1", 2 * WIDTH) | norm(f"{node}.batch_norms.{layer}", WIDTH)
        for column, rows in enumerate((5, 6, 2)):
            shapes[f"{gnn}.bond_encoder.bond_embedding_list.{column}.weight"] = (rows, WIDTH)
    shapes |= {
        "abstractor.motif_query_tokens": (QUERIES, WIDTH),
        "abstractor.query_tokens": (LAYERS + 1, QUERIES, WIDTH),
        "abstractor.motif_weight.weight": (WIDTH, 73),
        "abstractor.layer_norm.weight": (WIDTH,),
        "abstractor.layer_norm.bias": (WIDTH,),
        "abstractor.net.0.weight": (TEXT_WIDTH, WIDTH),
        "abstractor.net.0.bias": (TEXT_WIDTH,),
        "abstractor.net.2.weight": (TEXT_WIDTH, TEXT_WIDTH),
        "abstractor.net.2.bias": (TEXT_WIDTH,),
    }
    return shapes | attention("abstractor.motif_cross_attention") | attention("abstractor.cross_attention.0")


def released_state_dict(text: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Random weights of the graph side around a language model's, with aliases of the shared attention."""
    generator = torch.Generator().manual_seed(0)
    state_dict = {
        f"mllm.{name}": torch.rand(shape, generator=generator) + 0.1 for name, shape in graph_shapes().items()
    }
    for name in [name for name in state_dict if name.endswith("running_var")]:
        state_dict[name.replace("running_var", "num_batches_tracked")] = torch.tensor(7)
    for level in range(1, LAYERS + 1):
        for name in attention("mllm.abstractor.cross_attention.0"):
            state_dict[name.replace(".0.", f".{level}.", 1)] = state_dict[name]
    return state_dict | {f"mllm.language_model.{name}": tensor for name, tensor in text.items()}


def with_lora(state_dict: dict[str, torch.Tensor], rank: int = 2) -> dict[str, torch.Tensor]:
    """The same language model as PEFT wraps it, LoRA on q_proj and v_proj."""
    wrapped = {}
    for name, tensor in state_dict.items():
        outer = name.replace("mllm.language_model.", "mllm.language_model.base_model.model.")
        if not name.endswith(("q_proj.weight", "v_proj.weight")):
            wrapped[outer] = tensor
            continue
        module = outer.removesuffix(".weight")
        wrapped[f"{module}.base_layer.weight"] = tensor
        wrapped[f"{module}.lora_A.default.weight"] = torch.randn(rank, tensor.shape[1])
        wrapped[f"{module}.lora_B.default.weight"] = torch.randn(tensor.shape[0], rank)
    return wrapped
