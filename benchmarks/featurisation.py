"""SMILES -> graph, functional groups and canonical SMILES: against parsing alone, and against the obvious way.

    python benchmarks/featurisation.py
    python benchmarks/featurisation.py --quick

Molecules: see `molecule_batches`. 1.0 is `Chem.MolFromSmiles` alone; the obvious way is the reference of the tests
(`tests/processors/reference_features.py`: SMARTS and loops), whose features are compared for every molecule measured.
Then a whole file of captions is encoded, by one process and by two, and read again from the cache; each in a process of
its own, and there wall time counts. `--quick` leaves files out: starting processes takes longer than a look should.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import torch
from rdkit import Chem

from benchmarks.measuring import Line, ratio, report
from benchmarks.molecule_batches import FILE, be_quiet, data_file, read_molecules
from llamo.analysis.cost.timing import take_turns
from processors import LlamoFeatureExtractor, MoleculeGraph
from tests.processors import reference_features

DEMO = Path(__file__).parents[1] / "llamo" / "demo" / "molecules.csv"


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the molecules, no files")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def reference(smiles: str) -> tuple[Any, ...]:
    """The same features, one atom, bond and pattern at a time."""
    mol = Chem.MolFromSmiles(smiles)
    nodes, (index, edges) = reference_features.node_rows(mol), reference_features.edge_rows(mol)
    return nodes, index, edges, reference_features.motif_rows(smiles), Chem.MolToSmiles(mol)


def is_same(graph: MoleculeGraph, expected: tuple[Any, ...]) -> bool:
    found = (graph.node_ids.tolist(), graph.edge_index.tolist(), graph.edge_ids.tolist())
    return (*found, sorted(graph.motif_features.tolist()), graph.smiles) == expected


def run(function: Callable[[str], Any], molecules: list[str]):
    """Results are dropped: memory for thousands of them is no part of the work."""
    for smiles in molecules:
        function(smiles)


def measure_features(molecules: list[str], rounds: int) -> tuple[list[Line], int]:
    """Lines, and the number of molecules whose features are not those of the reference."""
    extractor = LlamoFeatureExtractor()
    different = sum(not is_same(extractor.featurize(smiles), reference(smiles)) for smiles in molecules)
    ways: dict[str, Callable[[str], Any]] = {
        "parse": Chem.MolFromSmiles,
        "canonical": lambda smiles: Chem.MolToSmiles(Chem.MolFromSmiles(smiles)),
        "ours": extractor.featurize,
    }
    seconds = take_turns({name: partial(run, way, molecules) for name, way in ways.items()}, rounds=rounds)
    few = molecules[:: max(3, len(molecules) // 300)]
    slow = take_turns(
        {"ours": partial(run, extractor.featurize, few), "reference": partial(run, reference, few)}, rounds=5
    )
    microseconds = 1e6 * median(seconds["ours"]) / len(molecules)
    note = f"{microseconds:.0f} us per molecule"
    return [
        Line("parse and canonical SMILES / parse", ratio(seconds, "canonical", "parse"), note="RDKit's own share"),
        Line("LlamoFeatureExtractor.featurize / parse", ratio(seconds, "ours", "parse"), 3.8, note=note),
        Line("obvious way / featurize", ratio(slow, "reference", "ours"), 6.0, True, "the tests' reference"),
    ], different


def encode(cache: Path, file: Path, columns: dict[str, str], num_proc: int | None) -> tuple[float, int]:
    """Wall seconds of one `encode_source`, and its rows; run in a process of its own."""
    os.environ["HF_DATASETS_CACHE"] = str(cache)  # before `datasets` is imported
    from datasets import Dataset, disable_progress_bars

    from llamo.data import DataSource, encode_source
    from processors import LlamoProcessor
    from tests.text import byte_tokenizer

    be_quiet()
    disable_progress_bars()
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer())
    source = DataSource(str(file), columns=columns, instruction="Describe it.", undo_doubled_backslashes=True)
    started = time.perf_counter()
    encoded = encode_source(source, processor, num_proc=num_proc, cache_dir=cache / "encoded")
    seconds = time.perf_counter() - started
    assert isinstance(encoded.dataset, Dataset)
    return seconds, len(encoded.dataset)


def caption_file() -> tuple[Path, dict[str, str]]:
    """Captions of the molecules, or the demo's names, and their columns."""
    path = data_file(FILE)
    return (path, {"smiles": "SMILES", "output": "description"}) if path else (DEMO, {"output": "name"})


def time_encoding(cache: Path, file: Path, columns: dict[str, str], num_proc: int | None) -> tuple[float, int]:
    """`encode` in a new process, forked from one that has imported the libraries and done nothing else."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.molecule_batches"])
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(encode, cache, file, columns, num_proc).result()


def measure_encoding() -> list[Line]:
    """One process fills a cache folder, three read it; then two processes fill another."""
    with tempfile.TemporaryDirectory() as folder:
        file, columns = caption_file()
        one, other = Path(folder) / "one", Path(folder) / "two"
        cold, encoded = time_encoding(one, file, columns, None)
        warm = median(time_encoding(one, file, columns, None)[0] for _ in range(3))
        two, _ = time_encoding(other, file, columns, 2)
    note = f"{encoded} rows; {1e3 * warm:.0f} ms after {cold:.1f} s, wall time"
    busy = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    return [
        Line("encode_source from the cache / cold", warm / cold, 0.01, note=note),
        Line(
            "encode_source, two processes: times faster",
            cold / two,
            at_least=True,
            note=f"wall time, start of the processes included; {busy}",
        ),
    ]


def main():
    args = read_arguments()
    torch.set_num_threads(1)
    be_quiet()
    molecules, source = read_molecules()
    molecules = molecules[::20] if args.quick else molecules
    rounds = args.rounds
    print(f"{len(molecules)} of {source}; CPU time where nothing else is said")
    lines, different = measure_features(molecules, rounds)
    lines += [] if args.quick else measure_encoding()
    lines.append(Line("molecules whose features differ from the reference's", different, 0))
    report("featurisation", lines, molecules=source, rounds=rounds)


if __name__ == "__main__":
    main()
