"""Molecules as vectors: node states of a level, functional groups or graph tokens, pooled. Files of them, too.

Shapes: G molecules, D width.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import torch

from modeling_llamo.packing import GraphBatch, Segments
from processors import LlamoProcessor

Pooling = Literal["mean", "sum", "flat"]
_ENDINGS = (".npy", ".parquet", ".jsonl")


@torch.inference_mode()
def embed(
    model: Any,
    processor: LlamoProcessor,
    molecules: Sequence[Any],
    *,
    level: int | Literal["motif", "tokens"] = -1,
    pooling: Pooling = "mean",
    batch_size: int = 64,
) -> np.ndarray:
    """A vector per molecule, (G, D) float32, that neither the batch nor the order of atoms changes.

    Args:
        model: a LLaMo.
        processor: of it.
        molecules: anything that the processor reads.
        level: node states of an encoder level, 0 (atom embeddings) to L, or from the end (-1: the last);
            `motif`, the projector's embedding of functional groups (zeros for a molecule without);
            `tokens`, the projector's graph tokens, in the language model's width.
        pooling: over atoms, groups or tokens; `flat` puts graph tokens side by side.
        batch_size: molecules at a time.

    Raises:
        MoleculeError: a molecule cannot be read.
        ValueError: no molecules, no such level or pooling, or a projector that has no such vectors.
    """
    _check(model, molecules, level, pooling)
    extractor, parts = processor.feature_extractor, []
    graphs = [extractor.featurize(molecule, row=row) for row, molecule in enumerate(molecules)]
    for start in range(0, len(graphs), batch_size):
        packed = extractor.pack(graphs[start : start + batch_size], return_tensors="pt").to(model.device)
        parts.append(_pooled(model, packed, level, pooling).float().cpu().numpy())
    return np.concatenate(parts)


def _check(model: Any, molecules: Sequence[Any], level: int | str, pooling: str):
    layers = model.config.graph_config.num_hidden_layers
    if isinstance(molecules, str) or not len(molecules):
        raise ValueError("no list of molecules: pass one or more, such as ['CCO', 'CCN']")
    if level not in (*range(-layers - 1, layers + 1), "motif", "tokens"):
        raise ValueError(f"got level {level!r}; this model has levels 0 to {layers}, 'motif' and 'tokens'")
    if pooling not in get_args(Pooling):
        raise ValueError(f"got pooling {pooling!r}; choose one of {', '.join(get_args(Pooling))}")
    if pooling == "flat" and level != "tokens":
        raise ValueError("pooling 'flat' puts graph tokens side by side; ask for level 'tokens', or mean or sum")
    if level == "motif" and not hasattr(model.model.projector, "motif_rows"):
        raise ValueError(f"the projector {type(model.model.projector).__name__} embeds no functional groups")
    if pooling == "flat" and model.config.num_graph_tokens is None:
        raise ValueError("this projector gives one token per atom, so flat vectors differ in length; take mean or sum")


def _pooled(model: Any, packed: Any, level: int | str, pooling: str) -> torch.Tensor:
    batch = GraphBatch(**{name.removeprefix("graph_"): tensor for name, tensor in packed.items()})
    if level == "motif":
        rows, segments = model.model.projector.motif_rows(batch)
        return _over(rows[0], segments, pooling)
    features = model.get_graph_features(**packed, return_dict=True)
    if level != "tokens":
        return _over(features.hidden_states[level], batch.segments(), pooling)
    if pooling == "flat":
        return features.pooler_output.flatten(1)
    counts = torch.tensor([len(tokens) for tokens in features.pooler_output], device=model.device)
    rows = torch.cat(tuple(features.pooler_output))
    return _over(rows, Segments.from_counts(counts, len(rows)), pooling)


def _over(rows: torch.Tensor, segments: Segments, pooling: str) -> torch.Tensor:
    """Mean or sum of each segment's rows; 0 where it has none."""
    rows = rows.float()
    total = rows.new_zeros(segments.num_segments, rows.shape[-1]).index_add_(0, segments.index, rows)
    return total if pooling == "sum" else total / segments.counts.clamp(min=1).unsqueeze(1)


def write_embeddings(path: str | Path, smiles: Sequence[str], vectors: np.ndarray) -> Path:
    """Writes vectors by the ending of the path: .npy (the matrix alone), .parquet or .jsonl (smiles, embedding).

    Raises:
        ValueError: another ending.
    """
    path = Path(path)
    if path.suffix not in _ENDINGS:
        raise ValueError(f"{path}: embeddings are written as {', '.join(_ENDINGS)}; choose one of these endings")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".npy":
        np.save(path, vectors)
    elif path.suffix == ".parquet":
        import pyarrow
        from pyarrow import parquet

        parquet.write_table(pyarrow.table({"smiles": list(smiles), "embedding": list(vectors)}), path)
    else:
        rows = ({"smiles": one, "embedding": row.tolist()} for one, row in zip(smiles, vectors, strict=True))
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def embed_to_file(
    smiles: Sequence[str],
    path: str | Path,
    *,
    model: str | None = None,
    device: str = "cpu",
    level: str = "-1",
    pooling: Pooling = "mean",
    batch_size: int = 64,
) -> tuple[int, int]:
    """What `llamo embed` does: vectors of molecules by a model, by default the one that comes with the package.

    Returns:
        Molecules and width.

    Raises:
        ValueError: a molecule, level, pooling or ending that is none, or no model.
    """
    from llamo.assistant import Assistant
    from llamo.compact.shipped import shipped
    from llamo.quiet import quiet

    if Path(path).suffix not in _ENDINGS:
        write_embeddings(path, [], np.zeros((0, 0)))  # refused before the work
    assistant = Assistant.load(model or shipped(), device=device)
    chosen: Any = int(level) if level.lstrip("-").isdigit() else level
    options = {"level": chosen, "pooling": pooling, "batch_size": batch_size}
    with quiet():
        vectors = embed(assistant.model, assistant.processor, list(smiles), **options)
    write_embeddings(path, smiles, vectors)
    return vectors.shape
