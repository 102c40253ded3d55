"""A map-style dataset whose rows are encoded when they are asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from datasets import Dataset

    from llamo.data.encoder import RowEncoder


class OnTheFlyDataset(torch.utils.data.Dataset):
    """Rows of one or several sources, encoded on access.

    Args:
        parts: rows of each source and what encodes them.
        order: positions to go through, counted over all parts; default each once.
    """

    def __init__(self, parts: "Sequence[tuple[Dataset, RowEncoder]]", order: np.ndarray | None = None):
        self.parts = list(parts)
        self.starts = np.cumsum([0, *(len(rows) for rows, _ in self.parts)])
        self.order = np.arange(self.starts[-1]) if order is None else order

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """One example.

        Raises:
            RowError: the row cannot be encoded; it names source and row.
        """
        position = int(self.order[index])
        part = int(np.searchsorted(self.starts, position, side="right")) - 1
        rows, encoder = self.parts[part]
        return encoder.encode(rows[position - int(self.starts[part])])
