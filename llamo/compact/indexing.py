"""`llamo index`: a caption index for `retrieve` from a table of molecules and captions."""

from collections.abc import Mapping
from pathlib import Path

from llamo.data.reading import open_records
from llamo.data.sources import DataSource
from processors.molecule import parse
from processors.retrieval import FILE, CaptionIndex


def build_index(data: Path, folder: Path, *, columns: Mapping[str, str], overwrite: bool = False) -> int:
    """Writes the index into a folder and gives its number of molecules.

    Args:
        data: table of molecules with captions.
        folder: of a model or processor.
        columns: names of the columns `smiles` and `output`.
        overwrite: replace an index that is there.

    Raises:
        ValueError: a row has no caption or no molecule that can be read, or there is an index already.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder; name that of a model or processor, such as one of `llamo export`")
    if (folder / FILE).exists() and not overwrite:
        raise ValueError(f"{folder / FILE} is there already; pass --overwrite to replace it")
    smiles, captions = [], []
    for number, (_, row) in enumerate(open_records(DataSource(str(data), columns=columns)), 1):
        missing = [name for name in columns.values() if name not in row]
        if missing:
            raise ValueError(f"{data}, row {number}: no column {missing[0]!r}; there are {', '.join(row)}")
        molecule, caption = row[columns["smiles"]], row[columns["output"]]
        if not isinstance(caption, str) or not caption.strip():
            raise ValueError(f"{data}, row {number}: {columns['output']} is empty; remove the row, or give a caption")
        parse(molecule, row=number)
        smiles.append(molecule)
        captions.append(caption.strip())
    CaptionIndex(smiles, captions).save(folder)
    return len(smiles)
