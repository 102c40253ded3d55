"""The comparisons on a GPU: graph tax, decoding, compiled parts, memory of LoRA steps in 16 and in 4 bits.

    python benchmarks/gpu.py                        # shapes of Llama-2-7b; a GPU of 80 GB
    python benchmarks/gpu.py --size 1b              # a GPU of 24 GB
    python benchmarks/gpu.py --device cpu --tiny    # that it runs at all, which a test does

Weights are random: speed does not depend on them. The language model is in bfloat16, encoder and projector in float32,
as `from_pretrained` loads them. The bare language model is the same module on token ids of the same length, so the
graph tax is what graphs add. Times are differences of device events. The 4-bit model is written to a folder first and
read back quantised, as users do.
"""

import argparse
import gc
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import torch
from transformers import AutoModelForCausalLM, LlamaConfig

from benchmarks.measuring import Line, ratio, report
from benchmarks.molecule_batches import graphs_of, pack, read_molecules, real_graphs
from benchmarks.reference_gin import plain_gin
from benchmarks.reference_projector import ReferenceProjector
from llamo.analysis.cost.memory import peak_bytes
from llamo.analysis.cost.timing import take_turns
from llamo.training.building import four_bit
from llamo.training.parts import add_lora, freeze
from llamo.training.recipe import LoraRecipe, TrainsRecipe
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator, LlamoProcessor
from tests.text import byte_tokenizer

# hidden size, intermediate size, layers, heads
SIZES = {"7b": (4096, 11008, 32, 32), "1b": (2048, 5632, 22, 32), "tiny": (64, 128, 2, 2)}
QUESTION, ANSWER = "Describe this molecule.", "It is a molecule that nobody has described yet."
TRAINS = TrainsRecipe(graph_encoder="frozen", projector="full", language_model="lora", embeddings="frozen")
Batch = dict[str, Any]  # names of model inputs


@dataclass
class Case:
    """What is measured and how.

    Attributes:
        device: where.
        text_model: the bare language model; the same module works inside `model`.
        model: a LLaMo around it.
        processor: makes its inputs.
        rounds: of every comparison.
    """

    device: torch.device
    text_model: Any
    model: LlamoForConditionalGeneration
    processor: LlamoProcessor
    rounds: int

    def clock(self) -> Callable[[], float]:
        """Seconds on the device's own time line; CPU time where there is no such thing."""
        if self.device.type != "cuda":
            return time.process_time
        start = torch.cuda.Event(enable_timing=True)
        start.record()

        def now() -> float:
            event = torch.cuda.Event(enable_timing=True)
            event.record()
            event.synchronize()
            return start.elapsed_time(event) / 1000

        return now

    def compare(self, functions: dict[str, Callable[[], Any]], *, rounds: int | None = None) -> dict[str, list[float]]:
        """Seconds of each; two calls before, in which kernels are chosen and graphs captured."""
        return take_turns(functions, rounds=rounds or self.rounds, clock=self.clock(), warm_up=2)

    def questions(self, number: int) -> Batch:
        """Prompts about a molecule each, padded on the left."""
        molecules = read_molecules()[0][:number]
        return self.moved(self.processor(molecules, [QUESTION] * number))

    def examples(self, number: int) -> Batch:
        """A training batch."""
        molecules = read_molecules()[0][:number]
        rows = [{"messages": self.processor.conversation(molecule, QUESTION, ANSWER)} for molecule in molecules]
        return self.moved(LlamoDataCollator(self.processor)(rows))

    def moved(self, batch: Any) -> Batch:
        """The batch on the device."""
        return {name: tensor.to(self.device) for name, tensor in batch.items()}


def text_of(batch: Batch) -> Batch:
    """The same rows for a model that knows no graphs: placeholders are tokens like others."""
    return {name: batch[name] for name in batch.keys() - graphs_of(batch)}


def build(size: str, device: torch.device, rounds: int) -> Case:
    """Random models of the size."""
    hidden, inner, layers, heads = SIZES[size]
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer())
    config = LlamaConfig(
        vocab_size=len(processor.tokenizer) if size == "tiny" else 32000,
        hidden_size=hidden,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        max_position_embeddings=4096,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )
    torch.manual_seed(0)
    with device:
        text_model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model = LlamoForConditionalGeneration.from_components(text_model, graph_token_id=processor.graph_token_id)
    return Case(device, text_model.eval(), model.eval(), processor, rounds)


@torch.inference_mode()
def prefill(case: Case, batch_size: int, backend: str) -> list[Line]:
    """Prompts up to the logits of the next token: against the bare language model, and compiled."""
    batch = {**case.questions(batch_size), "logits_to_keep": 1}
    functions = {
        "LLaMo": partial(case.model, **batch),
        "bare": partial(case.text_model, **text_of(batch)),
        "compiled": partial(torch.compile(case.model, dynamic=True, backend=backend), **batch),
    }
    seconds = case.compare(functions)
    rate = batch["input_ids"].numel() / median(seconds["LLaMo"])
    note = f"{batch_size} prompts of {batch['input_ids'].shape[1]} tokens; {rate:,.0f} tokens/s"
    return [
        Line("prefill / bare language model", ratio(seconds, "LLaMo", "bare"), 1.02, note=note),
        Line("prefill: compiled / eager", ratio(seconds, "compiled", "LLaMo")),
    ]


@torch.inference_mode()
def decoding(case: Case, batch_size: int, new_tokens: int) -> list[Line]:
    """Tokens per second of `generate` with a growing and with a static cache (compiled and captured on a GPU)."""
    batch, lines = case.questions(batch_size), []
    options = {"max_new_tokens": new_tokens, "min_new_tokens": new_tokens, "do_sample": False}
    functions = {}
    for cache in ("dynamic", "static"):
        more = options if cache == "dynamic" else {**options, "cache_implementation": "static"}
        functions[f"LLaMo, {cache}"] = partial(case.model.generate, **batch, **more)
        functions[f"bare, {cache}"] = partial(case.text_model.generate, **text_of(batch), **more)
    seconds = case.compare(functions, rounds=max(2, case.rounds // 5))
    for cache in ("dynamic", "static"):
        ours, bare = (batch_size * new_tokens / median(seconds[f"{who}, {cache}"]) for who in ("LLaMo", "bare"))
        note = f"{batch_size} rows, {new_tokens} tokens each: {ours:,.0f} tokens/s, bare {bare:,.0f}"
        what = f"generate with {cache} cache / bare language model"
        lines.append(Line(what, ratio(seconds, f"LLaMo, {cache}", f"bare, {cache}"), 1.02, note=note))
    lines.append(Line("generate: static cache / dynamic cache", ratio(seconds, "LLaMo, static", "LLaMo, dynamic")))
    return lines


@torch.inference_mode()
def graph_side(case: Case, sizes: tuple[int, ...], backend: str) -> list[Line]:
    """Encoder and projector: against the plain ways, which give the same, and compiled."""
    inner, lines = case.model.model, []
    encoder, projector = inner.graph_encoder, inner.projector
    with case.device:
        reference = ReferenceProjector(projector).eval()
        compiled = torch.compile(partial(encode_and_project, inner), dynamic=True, backend=backend)
        for size in sizes:
            graphs = pack(case.moved(real_graphs(size)))
            levels = encoder.encode(graphs).hidden_states
            torch.testing.assert_close(list(levels), plain_gin(encoder, graphs), atol=1e-3, rtol=1e-3)
            torch.testing.assert_close(projector.read(levels, graphs), reference(levels, graphs), atol=1e-3, rtol=1e-3)
            functions = {
                "encoder": partial(encoder.encode, graphs),
                "plain encoder": partial(plain_gin, encoder, graphs),
                "projector": partial(projector.read, levels, graphs),
                "plain projector": partial(reference, levels, graphs),
                "both": partial(encode_and_project, inner, graphs),
                "both, compiled": partial(compiled, graphs),
            }
            seconds = case.compare(functions)
            for one, other in (("encoder", "plain encoder"), ("projector", "plain projector")):
                lines.append(Line(f"{one} / {other}, {size} molecules", ratio(seconds, one, other), 1.0))
            what = f"encoder and projector: compiled / eager, {size} molecules"
            lines.append(Line(what, ratio(seconds, "both, compiled", "both")))
    return lines


def encode_and_project(inner: Any, graphs: Any) -> torch.Tensor:
    """The whole graph side."""
    return inner.projector(inner.graph_encoder.encode(graphs).hidden_states, graphs)


def step(model: Any, batch: Batch):
    """Forward and backward."""
    model(**batch).loss.backward()
    model.zero_grad(set_to_none=True)


def peak(case: Case, function: Callable[[], Any], model: Any) -> float:
    """MB at the peak, weights included."""
    if case.device.type != "cuda":
        return (sum(parameter.nbytes for parameter in model.parameters()) + peak_bytes(function)) / 2**20
    function()
    torch.cuda.reset_peak_memory_stats()
    function()
    return torch.cuda.max_memory_allocated() / 2**20


def lora_steps(case: Case, batch_size: int) -> tuple[list[Line], float]:
    """Training steps with LoRA on the language model, against text alone; time, and the peak in MB."""
    batch = case.examples(batch_size)
    freeze(case.model, TRAINS)
    adapted = add_lora(case.model, LoraRecipe(dropout=0.0), TRAINS, seed=0).train()
    functions = {
        "LLaMo": partial(step, adapted, batch),
        "bare": partial(step, case.text_model.train(), text_of(batch)),
        "loss_only": partial(step, adapted, {**batch, "loss_only": True}),
    }
    seconds = case.compare(functions, rounds=max(2, case.rounds // 2))
    memory = {name: peak(case, function, adapted) for name, function in functions.items()}
    rows = f"{batch_size} rows of {batch['input_ids'].shape[1]} tokens"
    lines = [
        Line("LoRA step / of the bare language model", ratio(seconds, "LLaMo", "bare"), 1.02, note=rows),
        Line("peak memory of a LoRA step / bare", memory["LLaMo"] / memory["bare"], note=f"{memory['LLaMo']:,.0f} MB"),
        Line("LoRA step with loss_only / without", ratio(seconds, "loss_only", "LLaMo"), 1.0),
        Line("peak memory with loss_only / without", memory["loss_only"] / memory["LLaMo"], 1.0),
    ]
    return lines, memory["LLaMo"]


def four_bit_steps(case: Case, saved: Path, batch_size: int, memory: float) -> list[Line]:
    """The same LoRA step on a language model in 4 bits; `memory` is the peak in 16 bits."""
    batch = case.examples(batch_size)
    loading = {"quantization_config": four_bit(), "dtype": torch.bfloat16, "device_map": {"": str(case.device)}}
    model: Any = LlamoForConditionalGeneration.from_pretrained(saved, **loading)
    freeze(model, TRAINS)
    adapted = add_lora(model, LoraRecipe(dropout=0.0), TRAINS, seed=0).train()
    function = partial(step, adapted, batch)
    used = peak(case, function, adapted)
    seconds = median(case.compare({"4 bits": function}, rounds=max(2, case.rounds // 2))["4 bits"])
    note = f"{used:,.0f} MB, {1000 * seconds:,.1f} ms a step"
    return [Line("peak memory of a LoRA step: 4 bits / 16 bits", used / memory, 0.5, note=note)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--size", choices=("7b", "1b"), default="7b")
    parser.add_argument("--tiny", action="store_true", help="shapes and rounds that only show that it runs")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--new-tokens", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--folder", type=Path, help="for the model before it is quantised, 14 GB; default temporary")
    args = parser.parse_args()
    device = torch.device(args.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        parser.error("there is no GPU here; --device cpu --tiny shows that the script runs")
    size, rounds = ("tiny", 1) if args.tiny else (args.size, args.rounds)
    batch_size, new_tokens = (2, 3) if args.tiny else (args.batch_size, args.new_tokens)
    case = build(size, device, rounds)
    backend = "eager" if args.tiny else "inductor"
    lines = prefill(case, batch_size, backend) + decoding(case, batch_size, new_tokens)
    lines += graph_side(case, (3,) if args.tiny else (32, 256), backend)
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        saved = Path(folder) / "model"
        case.model.save_pretrained(saved)
        more, memory = lora_steps(case, batch_size)
        lines += more
        case.text_model = case.model = None  # pyright: ignore[reportAttributeAccessIssue]  # makes room
        gc.collect()
        torch.cuda.empty_cache()
        lines += four_bit_steps(case, saved, batch_size, memory)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "no GPU"
    report("gpu-tiny" if args.tiny else "gpu", lines, device=name, size=size, rounds=rounds)


if __name__ == "__main__":
    main()
