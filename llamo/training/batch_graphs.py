"""Which molecules belong to which sample of a batch, and that batch with other molecules or with none.

A collated batch is taken apart into samples, each with its tokens and its molecules; a sample can be given other
molecules or none; samples are put together in the batch's own form again: padded rows, or one packed row whose
`position_ids` begin at 0 with each sample.

Shapes: B rows, T tokens of a row, t tokens of a sample, G graphs, N atoms, E directed bonds, M motifs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.utils.rnn import pad_sequence

from modeling_llamo.generation import GRAPH_INPUTS
from processors.example import IGNORED_LABEL

Batch = dict[str, Any]

_PER_TOKEN = ("input_ids", "attention_mask", "labels", "position_ids")
# Which graph tensors each tensor of counts divides, as fields of `SingleGraph`.
_DIVIDED_BY = {
    "graph_node_counts": {"graph_node_ids": "node_ids"},
    "graph_edge_counts": {"graph_edge_index": "edge_index", "graph_edge_ids": "edge_ids"},
    "graph_motif_counts": {"graph_motif_features": "motif_features"},
}
# Borders of the samples of a packed row, by flash attention's names (`LlamoPackingCollator(flash=True)`).
_FLASH = ("cu_seq_lens_q", "cu_seq_lens_k", "max_length_q", "max_length_k")


@dataclass(frozen=True, eq=False)
class SingleGraph:
    """One molecule's tensors, on the CPU.

    Attributes:
        node_ids: (N, 9) atom features.
        edge_index: (E, 2) source and target of each directed bond.
        edge_ids: (E, 3) bond features.
        motif_features: (M, 73) functional groups, or None where the batch has none for any molecule.
    """

    node_ids: torch.Tensor
    edge_index: torch.Tensor
    edge_ids: torch.Tensor
    motif_features: torch.Tensor | None = None


@dataclass(frozen=True)
class GraphLayout:
    """How molecules stand in token rows.

    Attributes:
        graph_token_id: id of the placeholder.
        num_graph_tokens: placeholders of a molecule; None means one per atom.
        pad_token_id: fills rows.
    """

    graph_token_id: int
    num_graph_tokens: int | None
    pad_token_id: int = 0

    @classmethod
    def of(cls, model: Any) -> "GraphLayout":
        """That of a model, wrapped (DDP, PEFT, compiled) or not."""
        while not hasattr(model, "config") and hasattr(model, "module"):
            model = model.module
        config = model.config
        pad = getattr(config.text_config, "pad_token_id", None)
        return cls(config.graph_token_id, config.num_graph_tokens, 0 if pad is None else pad)

    def length(self, graph: SingleGraph) -> int:
        """Placeholders of one molecule."""
        return len(graph.node_ids) if self.num_graph_tokens is None else self.num_graph_tokens


@dataclass(frozen=True, eq=False)
class Sample:
    """One sample of a batch without padding.

    Attributes:
        tokens: (t,) tensors by name: `input_ids` and what else the batch has per token.
        graphs: its molecules in the order of their placeholders.
    """

    tokens: dict[str, torch.Tensor]
    graphs: tuple[SingleGraph, ...]

    def with_graphs(self, replacements: Sequence[SingleGraph | None], layout: GraphLayout) -> "Sample":
        """The sample with each molecule replaced, or taken out with its placeholders where None stands for it."""
        ids = self.tokens["input_ids"]
        old = torch.tensor([layout.length(graph) for graph in self.graphs], device=ids.device, dtype=torch.long)
        new = [0 if graph is None else layout.length(graph) for graph in replacements]
        placeholders = (ids == layout.graph_token_id).nonzero().squeeze(1)
        repeats = torch.ones_like(ids)
        repeats[placeholders] = 0
        repeats[placeholders[old.cumsum(0) - old]] = torch.tensor(new, device=ids.device, dtype=ids.dtype)
        source = torch.arange(len(ids), device=ids.device).repeat_interleave(repeats)
        tokens = {name: values[source] for name, values in self.tokens.items()}
        return Sample(tokens, tuple(graph for graph in replacements if graph is not None))

    def without_graphs(self, layout: GraphLayout) -> "Sample":
        """The sample's text alone."""
        return self.with_graphs([None] * len(self.graphs), layout)


@dataclass(frozen=True)
class BatchForm:
    """How samples lie in a batch.

    Attributes:
        packed: one row with `position_ids`, instead of padded rows.
        flash: that row comes with the borders of its samples.
        left: rows are padded on the left.
        pads: what fills a row, by name.
        others: what else the batch carries that is no tensor; passed on.
    """

    packed: bool
    flash: bool
    left: bool
    pads: dict[str, int]
    others: dict[str, Any]


def take_apart(batch: Mapping[str, Any], layout: GraphLayout) -> tuple[list[Sample], BatchForm]:
    """The samples of a batch and how they lay in it.

    Raises:
        ValueError: a tensor that cannot be taken apart, or placeholders and molecules that do not match.
    """
    form = _form(batch, layout)
    texts = _packed_texts(batch) if form.packed else _padded_texts(batch)
    graphs = split_graphs(batch)
    counts = [int((tokens["input_ids"] == layout.graph_token_id).sum()) for tokens in texts]
    owned = _assign(counts, [layout.length(graph) for graph in graphs])
    samples = [
        Sample(tokens, tuple(graphs[graph] for graph in mine)) for tokens, mine in zip(texts, owned, strict=True)
    ]
    return samples, form


def put_together(samples: Sequence[Sample], form: BatchForm) -> Batch:
    """A batch of samples in the form of another batch."""
    rows = [sample.tokens for sample in samples]
    batch = _pack_rows(rows, flash=form.flash) if form.packed else _pad_rows(rows, form)
    graphs = [graph for sample in samples for graph in sample.graphs]
    return batch | pack_graphs(graphs, batch["input_ids"].device) | form.others


def sample_of_tokens(samples: Sequence[Sample], form: BatchForm, batch: Batch) -> torch.Tensor:
    """Number of the sample each token of `put_together(samples, form)` belongs to, (B, T)."""
    ids = batch["input_ids"]
    numbers = torch.arange(len(samples), device=ids.device)
    if not form.packed:
        return numbers.unsqueeze(1).expand_as(ids)
    lengths = torch.tensor([len(sample.tokens["input_ids"]) for sample in samples], device=ids.device)
    return numbers.repeat_interleave(lengths).unsqueeze(0)


def split_graphs(batch: Mapping[str, Any]) -> list[SingleGraph]:
    """The molecules of a batch, one by one."""
    if batch.get("graph_node_counts") is None:
        return []
    fields: dict[str, tuple[torch.Tensor, ...]] = {}
    for counts_name, divided in _DIVIDED_BY.items():
        if batch.get(counts_name) is not None:
            counts = batch[counts_name].tolist()
            fields |= {field: torch.split(batch[name].cpu(), counts) for name, field in divided.items()}
    columns = zip(*fields.values(), strict=True)
    return [SingleGraph(**dict(zip(fields, tensors, strict=True))) for tensors in columns]


def pack_graphs(graphs: Sequence[SingleGraph], device: torch.device | str = "cpu") -> Batch:
    """Packed graph tensors of molecules; empty for none."""
    if not graphs:
        return {}
    packed: Batch = {}
    for counts_name, divided in _DIVIDED_BY.items():
        for name, field in divided.items():
            rows = [getattr(graph, field) for graph in graphs]
            if any(row is None for row in rows):
                continue
            packed[name] = torch.cat(rows).to(device)
            packed[counts_name] = torch.tensor([len(row) for row in rows], device=device)
    return packed


def with_graphs(samples: Sequence[Sample], graphs: Sequence[SingleGraph], layout: GraphLayout) -> list[Sample]:
    """The samples with `graphs`, as many as they have together, in place of theirs."""
    rest = iter(graphs)
    return [sample.with_graphs([next(rest) for _ in sample.graphs], layout) for sample in samples]


def _pad_rows(rows: list[dict[str, torch.Tensor]], form: BatchForm) -> Batch:
    side = "left" if form.left else "right"
    return {
        name: pad_sequence(
            [row[name] for row in rows], batch_first=True, padding_value=form.pads[name], padding_side=side
        )
        for name in rows[0]
    }


def _pack_rows(rows: list[dict[str, torch.Tensor]], *, flash: bool) -> Batch:
    lengths = [len(row["input_ids"]) for row in rows]
    batch: Batch = {name: torch.cat([row[name] for row in rows]).unsqueeze(0) for name in rows[0]}
    positions = torch.cat([torch.arange(length) for length in lengths])
    batch["position_ids"] = positions.unsqueeze(0).to(batch["input_ids"].device)
    if "labels" in batch:  # no sample predicts the first token of the next
        batch["labels"] = batch["labels"].masked_fill(batch["position_ids"] == 0, IGNORED_LABEL)
    if flash:
        borders = torch.tensor([0, *lengths], dtype=torch.int32, device=batch["input_ids"].device).cumsum(0)
        values = (borders.int(), borders.int(), max(lengths), max(lengths))
        batch |= dict(zip(_FLASH, values, strict=True))
    return batch


def _form(batch: Mapping[str, Any], layout: GraphLayout) -> BatchForm:
    if batch.get("input_ids") is None:
        raise ValueError(f"graphs can only be exchanged in batches with 'input_ids', got the keys {sorted(batch)}")
    mask, packed = batch.get("attention_mask"), batch.get("position_ids") is not None
    padded = mask is not None and not bool(mask.all())
    if packed and (mask is not None or len(batch["input_ids"]) != 1):
        raise ValueError(
            "graphs cannot be exchanged in rows with both 'position_ids' and 'attention_mask', or in several rows with "
            "'position_ids'; leave position_ids out, or pack the samples into one row (LlamoPackingCollator)"
        )
    known = (*_PER_TOKEN, *GRAPH_INPUTS, *(_FLASH if packed else ()))
    others = {name: value for name, value in batch.items() if name not in known}
    if tensors := [name for name, value in others.items() if isinstance(value, torch.Tensor)]:
        raise ValueError(
            f"graphs cannot be exchanged in a batch with {', '.join(tensors)}: it would have to change with the rows; "
            "leave it out in the collator"
        )
    left = padded and mask is not None and not bool(mask[:, 0].all())
    flash = packed and batch.get("cu_seq_lens_q") is not None
    return BatchForm(packed=packed, flash=flash, left=left, pads=_pads(batch, layout), others=others)


def _pads(batch: Mapping[str, Any], layout: GraphLayout) -> dict[str, int]:
    """The fill the batch has already; the model's where no row is padded."""
    pads = {"input_ids": layout.pad_token_id, "attention_mask": 0, "labels": IGNORED_LABEL}
    mask = batch.get("attention_mask")
    if mask is not None and not bool(mask.all()):
        pads["input_ids"] = int(batch["input_ids"][mask == 0][0])
    return pads


def _token_tensors(batch: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    tensors = {name: batch[name] for name in _PER_TOKEN if batch.get(name) is not None}
    if "attention_mask" not in tensors and "position_ids" not in tensors:
        tensors["attention_mask"] = torch.ones_like(tensors["input_ids"])
    return tensors


def _padded_texts(batch: Mapping[str, Any]) -> list[dict[str, torch.Tensor]]:
    tensors = _token_tensors(batch)
    kept = tensors["attention_mask"].bool()
    return [{name: values[row][kept[row]] for name, values in tensors.items()} for row in range(len(kept))]


def _packed_texts(batch: Mapping[str, Any]) -> list[dict[str, torch.Tensor]]:
    starts = (batch["position_ids"][0] == 0).nonzero().squeeze(1).tolist()
    lengths = [end - start for start, end in zip(starts, [*starts[1:], batch["input_ids"].shape[1]], strict=True)]
    parts = {name: torch.split(values[0], lengths) for name, values in _token_tensors(batch).items()}
    return [{name: pieces[number] for name, pieces in parts.items()} for number in range(len(lengths))]


def _assign(placeholders: list[int], lengths: list[int]) -> list[range]:
    """Numbers of the molecules of each sample, from its placeholders and the tokens of every molecule."""
    owned, graph = [], 0
    for row, open_places in enumerate(placeholders):
        first, left = graph, open_places
        while left > 0 and graph < len(lengths):
            left -= lengths[graph]
            graph += 1
        if left:
            raise ValueError(
                f"row {row} has {open_places} <graph> placeholders, the next molecules take {open_places - left} "
                "tokens; build rows with the processor of this model"
            )
        owned.append(range(first, graph))
    if graph < len(lengths):
        raise ValueError(f"the rows have placeholders for {graph} molecules, but {len(lengths)} came; build both alike")
    return owned
