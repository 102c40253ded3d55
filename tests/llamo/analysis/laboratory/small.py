"""Material of a few molecules, and a size that trains in an instant."""

from pathlib import Path

from llamo.analysis.laboratory.material import Material
from llamo.compact import tensors
from llamo.compact.model import Size
from llamo.compact.prepare import encode_rows
from llamo.compact.rows import Row
from llamo.compact.tensors import TensorRows
from processors import LlamoProcessor
from tests.text import byte_tokenizer

SIZE = Size(width=16, layers=1, heads=2, inner=16, graph_width=8, mlp_depth=1)
MOLECULES = ("OCC", "c1ccccc1O", "CC(=O)NC", "CCCCCCCCCCCC")
SEVERAL = {"rings": ("How many rings?", "1"), "amide": ("An amide?", "no")}


def processor() -> LlamoProcessor:
    return LlamoProcessor.from_tokenizer(byte_tokenizer())


def rows(kinds: tuple[str, ...]) -> TensorRows:
    """One row of each kind about each molecule."""
    written = [
        Row(kind, smiles, smiles, (SEVERAL.get(kind, ("Describe it.", f"The molecule is {smiles}.")),))
        for smiles in MOLECULES
        for kind in kinds
    ]
    return encode_rows(written, processor(), 512)


def material() -> Material:
    return Material(
        processor(), rows(("talk", "facts")), {"captions": rows(("description",)), "facts": rows(tuple(SEVERAL))}
    )


def prepared_folder(folder: Path) -> Path:
    """As `examples/03_train_compact.py --only-prepare` leaves one."""
    small = material()
    named = {"train": small.train, "test-0": small.tests["captions"], "test-facts": small.tests["facts"]}
    for name, content in named.items():
        tensors.save(content, folder / name)
    small.processor.save_pretrained(folder / "processor")
    (folder / "report.json").write_text("{}")
    return folder
