"""Time and memory of each stage against atoms, molecules in a stream, and molecules in a prompt.

    python benchmarks/scale.py                                # tables and figures into docs/performance
    python benchmarks/scale.py --stream-seconds 3600          # streams up to a million molecules
    python benchmarks/scale.py --quick                        # no files but the results

Encoder and projector have the paper's sizes; the language model has 4 layers of 256 and random weights. Molecules of
any size are peptides of glycine, phenylalanine and serine in turn. "RDKit alone" is a SMILES read and written in
canonical form, whose time grows faster than the molecule. The stream reads a CSV file through `llamo.data` and encodes
each row, graph and text; no two of its SMILES are the same.
"""

import argparse
import csv
import re
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import torch
from rdkit import Chem

from benchmarks.measuring import Line, report
from benchmarks.molecule_batches import be_quiet, graphs_of, pack, read_molecules
from benchmarks.scale_pages import write_pages
from configuration import LlamoConfig
from llamo.analysis.cost.memory import peak_bytes
from llamo.analysis.cost.peptides import peptide
from llamo.analysis.cost.timing import take_turns
from llamo.data import DataSource, encode_source
from modeling_llamo import LlamoForConditionalGeneration
from processors import LlamoDataCollator, LlamoProcessor
from tests.text import byte_tokenizer

ATOMS, QUICK_ATOMS = (10, 30, 100, 300, 1000, 2000, 5000), (100, 1000)
PROMPT, QUICK_PROMPT = (1, 2, 4, 8, 16, 32, 64), (1, 16)
RDKIT, FEATURISE, COLLATE, ENCODE, PROJECT, FORWARD, BARE = STAGES = (
    "RDKit alone", "featurise", "collate", "encode", "project", "whole forward", "language model alone",
)  # fmt: skip
QUESTION, ANSWER = "What is known of it?", "It is a molecule."
Stages = dict[str, Callable[[], Any]]
Curve = dict[int, dict[str, dict[str, float]]]


def make_processor() -> LlamoProcessor:
    return LlamoProcessor.from_tokenizer(byte_tokenizer(), include_smiles=False)


def make_model(processor: LlamoProcessor) -> LlamoForConditionalGeneration:
    torch.manual_seed(0)
    text = {
        "model_type": "llama",
        "hidden_size": 256,
        "intermediate_size": 768,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "vocab_size": len(processor.tokenizer),
        "max_position_embeddings": 4096,
    }
    config = LlamoConfig(text_config=text, graph_token_id=processor.graph_token_id)
    return LlamoForConditionalGeneration(config).eval()


def stages_of(model: LlamoForConditionalGeneration, processor: LlamoProcessor, smiles: list[str]) -> Stages:
    """Each step from SMILES to logits for one prompt about these molecules, with the inputs it needs made before."""
    molecules = [{"type": "molecule", "smiles": one} for one in smiles]
    question = {"role": "user", "content": [*molecules, {"type": "text", "text": QUESTION}]}
    example = processor.encode_conversation([question, {"role": "assistant", "content": ANSWER}])
    featurise, collate, inner = processor.feature_extractor.featurize, LlamoDataCollator(processor), model.model
    batch = collate([example])
    graphs = pack(graphs_of(batch))
    levels = inner.graph_encoder.encode(graphs).hidden_states
    batch.pop("labels")
    embeddings = model.get_input_embeddings()(batch["input_ids"])
    mask = batch["attention_mask"]
    return {
        RDKIT: lambda: [Chem.MolToSmiles(Chem.MolFromSmiles(one)) for one in smiles],
        FEATURISE: lambda: [featurise(one) for one in smiles],
        COLLATE: lambda: collate([example]),
        ENCODE: lambda: inner.graph_encoder.encode(graphs),
        PROJECT: lambda: inner.projector(levels, graphs),
        FORWARD: lambda: model(**batch),
        BARE: lambda: model.lm_head(inner.language_model(inputs_embeds=embeddings, attention_mask=mask)[0]),
    }


def measure(stages: Stages, *, budget: float) -> dict[str, dict[str, float]]:
    """Milliseconds and peak MB of each stage; as many rounds as fit the budget in seconds."""
    once = sum(seconds[0] for seconds in take_turns(stages, rounds=1).values())
    seconds = take_turns(stages, rounds=min(31, max(3, int(budget / once))), warm_up=0)
    results = {name: {"ms": 1000 * median(seconds[name])} for name in stages}
    for name in stages.keys() - {RDKIT}:  # whose memory nothing here sees
        peak = python_peak(stages[name]) + (0 if name == FEATURISE else peak_bytes(stages[name]))  # it knows no tensors
        results[name]["mb"] = peak / 2**20
    return results


def python_peak(function: Callable[[], Any]) -> int:
    """Bytes that Python and numpy allocate at the peak of a call; neither PyTorch's nor RDKit's own."""
    tracemalloc.start()
    result = function()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return peak


def resident() -> float:
    """MB of this process in memory, as Linux counts them."""
    match = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert match is not None
    return int(match[1]) / 1024


def write_molecules(path: Path, number: int):
    """A CSV file of SMILES of which no two are the same: real molecules, each beside a methane of another mass."""
    molecules = list(dict.fromkeys(read_molecules()[0]))
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["smiles", "output"])
        for place in range(number):
            turn, molecule = divmod(place, len(molecules))
            rows.writerow([f"[{turn + 1}CH4].{molecules[molecule]}", ANSWER])


def samples_at(number: int) -> Iterator[int]:
    """Numbers of molecules to look at the memory: 1, 2, 5, 10, ..., and every fiftieth part."""
    steps = {step * 10**power for power in range(7) for step in (1, 2, 5)} | set(range(0, number, max(1, number // 50)))
    return iter(sorted(step for step in steps if 0 < step <= number))


def stream(folder: Path, number: int, *, seconds: float) -> list[dict[str, float]]:
    """Encodes a stream until it ends or the time is up: molecules so far, CPU seconds, resident MB."""
    path, processor = folder / "molecules.csv", make_processor()
    write_molecules(path, number)
    source = DataSource(str(path), instruction=QUESTION, streaming=True)
    samples, marks, start = [], samples_at(number), time.process_time()
    mark, count = next(marks), 0
    encoded: Any = encode_source(source, processor).dataset
    for count, _ in enumerate(encoded, start=1):
        passed = time.process_time() - start
        if count == mark or passed > seconds:
            samples.append({"molecules": count, "seconds": passed, "mb": resident()})
            mark = next(marks, 0)
        if passed > seconds:
            break
    return samples


def linear(curve: Curve, stage: str, unit: str, *, target: float | None = 1.5) -> Line:
    """How the time for one unit grows from the middle of a curve to its end."""
    middle, last = middle_and_end(curve, unit)
    per_unit = {size: curve[size][stage]["ms"] / size for size in (middle, last)}
    return Line(f"{stage}: time per {unit}, {last:,} against {middle:,}", per_unit[last] / per_unit[middle], target)


def no_faster(curve: Curve, stage: str, than: str, unit: str) -> Line:
    """How the time of a stage by that of another one grows from the middle of a curve to its end."""
    middle, last = middle_and_end(curve, unit)
    by_other = {size: curve[size][stage]["ms"] / curve[size][than]["ms"] for size in (middle, last)}
    what, note = (
        f"{stage}: time by {than}, {last:,} {unit}s against {middle:,}",
        f"{by_other[last]:.2f} of it at the end",
    )
    return Line(what, by_other[last] / by_other[middle], 1.5, note=note)


def middle_and_end(curve: Curve, unit: str) -> tuple[int, int]:
    """Sizes that are compared; the first one in place of the middle for molecules in a prompt."""
    return min(curve, key=lambda size: abs(size - 100) if unit == "atom" else size), max(curve)


def flat(samples: list[dict[str, float]]) -> Line:
    """Whether a stream holds on to what it has read."""
    start = min(1000, samples[-1]["molecules"] // 4)
    begun = next(sample for sample in samples if sample["molecules"] >= start)
    note = f"{begun['mb']:.0f} MB, then {samples[-1]['mb']:.0f} MB"
    what = f"resident memory after {samples[-1]['molecules']:,} streamed molecules / after {begun['molecules']:,}"
    return Line(what, samples[-1]["mb"] / begun["mb"], 1.05, note=note)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--stream-seconds", type=float, help="CPU seconds after which the stream is left")
    parser.add_argument("--pages", type=Path, help="folder for tables and figures; default docs/performance")
    args = parser.parse_args()
    torch.set_num_threads(1)
    be_quiet()
    number, seconds = (20_000, 1.0) if args.quick else (1_000_000, 30.0)
    with tempfile.TemporaryDirectory() as folder:
        samples = stream(Path(folder), number, seconds=args.stream_seconds or seconds)
    processor = make_processor()
    model, budget = make_model(processor), 0.1 if args.quick else 0.7
    molecules, source = read_molecules()
    with torch.inference_mode():
        atoms: Curve = {
            Chem.MolFromSmiles(smiles).GetNumAtoms(): measure(stages_of(model, processor, [smiles]), budget=budget)
            for smiles in map(peptide, QUICK_ATOMS if args.quick else ATOMS)
        }
        prompt: Curve = {
            size: measure(stages_of(model, processor, molecules[:size]), budget=budget)
            for size in (QUICK_PROMPT if args.quick else PROMPT)
        }
    lines = [linear(atoms, stage, "atom", target=None) for stage in (RDKIT, FEATURISE)]
    lines.append(no_faster(atoms, FEATURISE, RDKIT, "atom"))
    lines += [linear(atoms, stage, "atom") for stage in (COLLATE, ENCODE, PROJECT)]
    lines += [linear(prompt, stage, "molecule in a prompt") for stage in STAGES[1:6]]
    lines.append(flat(samples))
    results = {"atoms": atoms, "prompt": prompt, "stream": samples, "molecules": source}
    report("scale", lines, **results)
    if args.pages or not args.quick:
        write_pages(args.pages or Path(__file__).parents[1] / "docs" / "performance", results)


if __name__ == "__main__":
    main()
