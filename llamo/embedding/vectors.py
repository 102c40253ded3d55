"""Molecules as vectors: node states of a level, functional groups or graph tokens, pooled. Knows no file.

Shapes: G molecules, D width.
"""

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import torch

from modeling_llamo.packing import GraphBatch, Segments
from processors import LlamoProcessor

Pooling = Literal["mean", "sum", "flat"]


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
    check(model, level, pooling)
    if isinstance(molecules, str) or not len(molecules):
        raise ValueError("no list of molecules: pass one or more, such as ['CCO', 'CCN']")
    extractor, parts = processor.feature_extractor, []
    graphs = [extractor.featurize(molecule, row=row) for row, molecule in enumerate(molecules)]
    for start in range(0, len(graphs), batch_size):
        packed = extractor.pack(graphs[start : start + batch_size], return_tensors="pt").to(model.device)
        parts.append(_pooled(model, packed, level, pooling).float().cpu().numpy())
    return np.concatenate(parts)


def check(model: Any, level: int | str, pooling: str):
    """Raises a ValueError for a level or pooling that the model has no vectors of."""
    layers = model.config.graph_config.num_hidden_layers
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
