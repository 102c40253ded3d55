"""Packed graphs: many molecules in flat tensors, without padding. Knows index arithmetic, no learned weight.

Shapes: G graphs, N atoms in the batch, E directed bonds, S segments, C chunks, K queries, D width.
"""

from dataclasses import dataclass

import torch

# Rows of one chunk in `segment_matmul`. Small enough that a small molecule wastes little, large enough for fast
# products.
CHUNK_ROWS = 16


@dataclass
class GraphBatch:
    """Molecules packed along dim 0, as the processor makes them; bond indices count from each molecule's first atom.

    Attributes:
        node_ids: (N, F_atom) categorical atom features.
        edge_index: (E, 2) source and target atom of each directed bond, local to its molecule.
        edge_ids: (E, F_bond) categorical bond features.
        node_counts: (G,) atoms of each molecule.
        edge_counts: (G,) directed bonds of each molecule.
        motif_features: (M, F_motif) one count vector per functional group.
        motif_counts: (G,) functional groups of each molecule.
        node_features: (N, F) continuous numbers of nodes that are no atoms.
        edge_features: (E, F) those of edges.
    """

    node_ids: torch.Tensor
    edge_index: torch.Tensor
    edge_ids: torch.Tensor
    node_counts: torch.Tensor
    edge_counts: torch.Tensor
    motif_features: torch.Tensor | None = None
    motif_counts: torch.Tensor | None = None
    node_features: torch.Tensor | None = None
    edge_features: torch.Tensor | None = None

    @property
    def num_graphs(self) -> int:
        """G."""
        return self.node_counts.shape[0]

    def global_edge_index(self) -> torch.Tensor:
        """(2, E) source and target rows in the packed node tensor."""
        first_node = self.node_counts.cumsum(0) - self.node_counts
        offsets = torch.repeat_interleave(first_node, self.edge_counts, output_size=self.edge_index.shape[0])
        return (self.edge_index + offsets.unsqueeze(1)).t()

    def segments(self) -> "Segments":
        """The atoms of each molecule."""
        return Segments.from_counts(self.node_counts, self.node_ids.shape[0])


@dataclass
class Segments:
    """Consecutive runs of rows: row r belongs to segment `index[r]`.

    Attributes:
        counts: (S,) rows of each segment.
        index: (N,) segment of each row.
    """

    counts: torch.Tensor
    index: torch.Tensor

    @classmethod
    def from_counts(cls, counts: torch.Tensor, num_rows: int) -> "Segments":
        """`num_rows` is the sum of `counts`, given by the caller so that no device has to be asked."""
        index = torch.repeat_interleave(counts, output_size=num_rows)
        return cls(counts=counts, index=index)

    @property
    def num_segments(self) -> int:
        """S."""
        return self.counts.shape[0]

    def softmax(self, scores: torch.Tensor) -> torch.Tensor:
        """Softmax over the rows of each segment, in float32. (..., N, K) -> (..., N, K)."""
        scores = scores.float()
        index = self.index.unsqueeze(-1).expand_as(scores)
        shape = (*scores.shape[:-2], self.num_segments, scores.shape[-1])
        highest = scores.new_full(shape, float("-inf")).scatter_reduce_(-2, index, scores.detach(), "amax")
        weights = (scores - highest.gather(-2, index)).exp()
        total = torch.zeros_like(highest).index_add_(weights.dim() - 2, self.index, weights)
        return weights / total.gather(-2, index)

    def mean(self, rows: torch.Tensor) -> torch.Tensor:
        """Mean over the rows of each segment. (N, D) -> (S, D)."""
        total = rows.new_zeros(self.num_segments, rows.shape[-1]).index_add_(0, self.index, rows)
        return total / self.counts.unsqueeze(-1).to(rows.dtype)

    def chunks(self) -> "Chunks":
        """The rows cut into chunks of at most `CHUNK_ROWS` that never cross a segment's end."""
        num_rows, device = self.index.shape[0], self.index.device
        chunk_counts = torch.div(self.counts + CHUNK_ROWS - 1, CHUNK_ROWS, rounding_mode="floor")
        first_chunk = chunk_counts.cumsum(0) - chunk_counts
        first_row = self.counts.cumsum(0) - self.counts
        within = torch.arange(num_rows, device=device) - first_row[self.index]
        slot = (first_chunk[self.index] + within // CHUNK_ROWS) * CHUNK_ROWS + within % CHUNK_ROWS
        # The number of chunks is data on the device; this upper bound is known from shapes alone, so nothing waits.
        capacity = num_rows // CHUNK_ROWS + self.num_segments
        owner = torch.zeros(capacity, dtype=self.index.dtype, device=device)
        owner.scatter_(0, slot // CHUNK_ROWS, self.index)
        return Chunks(slot=slot, owner=owner, capacity=capacity)


@dataclass
class Chunks:
    """Where each packed row lies in a (capacity, CHUNK_ROWS) grid, and which segment owns each chunk."""

    slot: torch.Tensor
    owner: torch.Tensor
    capacity: int

    def spread(self, rows: torch.Tensor) -> torch.Tensor:
        """Packed rows into the grid, zeros elsewhere. (..., N, D) -> (..., C, CHUNK_ROWS, D)."""
        shape = (*rows.shape[:-2], self.capacity * CHUNK_ROWS, rows.shape[-1])
        grid = rows.new_zeros(shape).index_copy_(rows.dim() - 2, self.slot, rows)
        return grid.unflatten(-2, (self.capacity, CHUNK_ROWS))


def segment_matmul(weights: torch.Tensor, rows: torch.Tensor, segments: Segments) -> torch.Tensor:
    """For each segment, the transposed product `weights^T rows` over its own rows only.

    A ragged batched matrix product: rows are cut into chunks, multiplied chunk by chunk, and summed per segment, so the
    cost follows the number of rows and one huge molecule does not pad the small ones.

    Shapes: (..., N, K), (..., N, D) -> (..., S, K, D).
    """
    chunks = segments.chunks()
    products = chunks.spread(weights).transpose(-1, -2) @ chunks.spread(rows)
    shape = (*products.shape[:-3], segments.num_segments, *products.shape[-2:])
    return products.new_zeros(shape).index_add_(products.dim() - 3, chunks.owner, products)


def pad_rows(rows: torch.Tensor, segments: Segments) -> tuple[torch.Tensor, torch.Tensor]:
    """Packed rows as a dense batch, for layers that need one.

    Returns:
        (S, longest, D) rows with zeros behind each segment, and the (S, longest) mask of real rows.
    """
    longest = int(segments.counts.max())
    first_row = segments.counts.cumsum(0) - segments.counts
    within = torch.arange(rows.shape[0], device=rows.device) - first_row[segments.index]
    dense = rows.new_zeros(segments.num_segments, longest, rows.shape[-1])
    mask = torch.arange(longest, device=rows.device) < segments.counts.unsqueeze(1)
    return dense.index_put_((segments.index, within), rows), mask
