"""A few molecules of every kind, and a prepared folder of them."""

from pathlib import Path

from llamo.compact import tensors
from llamo.compact.prepare import encode_rows
from llamo.compact.rows import Row
from processors import LlamoProcessor
from processors.retrieval import CaptionIndex
from tests.text import byte_tokenizer

CHAINS = ["C" * length for length in range(1, 13)]
MOLECULES = {
    "metal": [f"{chain}C(=O)[O-].[Na+]" for chain in CHAINS],
    "charged": [f"{chain}[NH3+]" for chain in CHAINS],
    "small": [f"{chain}O" for chain in CHAINS],
    "large": [f"{'C' * 40}{chain}O" for chain in CHAINS],
    "natural": [f"CC12CCC3C(CCC4=CC(=O)CCC34C)C1CCC2O{chain}" for chain in ("", *CHAINS[:5], "C(C)C", "C(=O)C")],
    "synthetic": [f"{chain}N(C)C(=O)c1ccc(S(=O)(=O)Nc2ccc(F)cc2)cc1" for chain in CHAINS[:8]],
}
# Two more scaffolds of three structures each.
RINGS = [f"{chain}C1CCCCC1" for chain in CHAINS[:3]] + [f"{chain}c1ccncc1" for chain in CHAINS[:3]]


def processor() -> LlamoProcessor:
    return LlamoProcessor.from_tokenizer(byte_tokenizer())


def facts() -> tensors.TensorRows:
    """A conversation about each molecule."""
    every = [smiles for some in MOLECULES.values() for smiles in some] + RINGS
    return encode_rows([Row("facts", one, one, (("How many rings?", "1"),)) for one in every], processor(), None)


def prepared_folder(folder: Path) -> Path:
    """As `examples/03_train_compact.py --only-prepare` leaves one."""
    tensors.save(facts(), folder / "train")
    described = [smiles for name in ("small", "natural", "synthetic") for smiles in MOLECULES[name]]
    rows = [Row("description", one, one, (("Describe it.", f"It is {one}."),)) for one in described]
    tensors.save(encode_rows(rows, processor(), None), folder / "test-0")
    writer = processor()
    writer.captions = CaptionIndex(described, [f"It is {one}." for one in described])
    writer.save_pretrained(folder / "processor")
    (folder / "report.json").write_text("{}")
    return folder
