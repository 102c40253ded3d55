"""Ready-made graphs of molecules, and graphs of another kind: mutated tensors as mappings and as PyG-like objects."""

from random import Random
from types import SimpleNamespace
from typing import Any

import numpy as np

from processors import LlamoFeatureExtractor, MoleculeError
from processors.graph_kind import GraphKind
from processors.vocabulary import ATOM_VOCAB_SIZES, BOND_VOCAB_SIZES
from tests.fuzz.laws import hold, refusal
from tests.fuzz.texts import VALUES, hostile
from tests.text import byte_tokenizer

_KIND = GraphKind(node_vocab_sizes=(5, 3), edge_vocab_sizes=(4,), num_node_features=2, num_edge_features=1)
_SCALARS = (
    -1,
    0,
    1,
    4,
    119,
    255,
    10**9,
    -(2**63),
    2**63 - 1,
    0.5,
    float("nan"),
    float("inf"),
    -float("inf"),
    1e308,
    True,
)


class GraphTarget:
    """See the module."""

    name = "graphs"

    def __init__(self, seeds: tuple[str, ...]):
        from processors import LlamoProcessor

        short = [smiles for smiles in seeds if len(smiles) < 80 and "." not in smiles][:400]
        self.molecules = LlamoFeatureExtractor()
        self.own = LlamoFeatureExtractor(graph_kind=_KIND)
        self.graphs = [graph for smiles in short if (graph := _graph(self.molecules, smiles)) is not None]
        self.processors = {
            id(extractor): LlamoProcessor(extractor, byte_tokenizer(), num_graph_tokens=3)
            for extractor in (self.molecules, self.own)
        }

    def make(self, random: Random) -> tuple[str, Any]:
        """Which extractor, and a graph."""
        kind = random.choice(("molecules", "own"))
        parts = self._molecule(random) if kind == "molecules" else _own(random)
        for _ in range(random.choice((0, 1, 1, 2, 3))):
            name = random.choice(list(parts))
            parts[name] = _mutate(parts[name], random)
            if random.random() < 0.08:
                del parts[name]
            if random.random() < 0.05:
                parts[random.choice(("extra", "num_nodes", "motif_index", "smiles", "text"))] = random.choice(VALUES)
            if not parts:
                break
        is_mapping = random.random() < 0.5
        return kind, parts if is_mapping else SimpleNamespace(**{name: value for name, value in parts.items() if name})

    def _molecule(self, random: Random) -> dict[str, Any]:
        graph = random.choice(self.graphs)
        parts = {"node_ids": graph.node_ids, "edge_index": graph.edge_index, "edge_ids": graph.edge_ids}
        if random.random() < 0.4:
            parts = {"x": graph.node_ids, "edge_index": graph.edge_index.T, "edge_attr": graph.edge_ids}
            return parts | ({"motif": graph.motif_features} if random.random() < 0.5 else {})
        parts |= {"motif_features": graph.motif_features} if random.random() < 0.7 else {}
        return parts | ({"smiles": random.choice((graph.smiles, hostile(random)))} if random.random() < 0.5 else {})

    def check(self, made: tuple[str, Any], random: Random) -> str:
        """What is accepted has an embedding for each number, and the numbers that were given."""
        kind, graph = made
        extractor = self.molecules if kind == "molecules" else self.own
        try:
            read = extractor.featurize(graph, row=3)
        except MoleculeError as error:
            hold(str(error).startswith("row 3: "), "the refusal names the row")
            return refusal(error, kind=error.reason.split(" at ")[0].split(",")[0][:40])
        sizes = (ATOM_VOCAB_SIZES, BOND_VOCAB_SIZES) if kind == "molecules" else ((5, 3), (4,))
        for ids, columns in zip((read.node_ids, read.edge_ids), sizes, strict=True):
            hold(ids.shape[1:] == (len(columns),), "tables have their columns")
            hold(bool((ids >= 0).all() and (ids < np.array(columns)).all()), "numbers have an embedding")
        hold(len(read.edge_index) == len(read.edge_ids), "a feature row per edge")
        hold(
            not len(read.edge_index) or 0 <= read.edge_index.min() <= read.edge_index.max() < len(read.node_ids),
            "edges join nodes",
        )
        given = graph if isinstance(graph, dict) else vars(graph)
        table = given.get("node_ids") if "node_ids" in given else given.get("x")
        if table is not None and given.get("smiles") is None:
            own = np.asarray(table, dtype=float).reshape(len(read.node_ids), -1)[:, : read.node_ids.shape[1]]
            hold(np.array_equal(own, read.node_ids), "nodes are those given")
        self._check_prompt(extractor, read)
        return f"accepted: {kind}"

    def _check_prompt(self, extractor: Any, read: Any):
        """Whatever text came along writes no graph token and no special token."""
        processor = self.processors[id(extractor)]
        try:
            encoded = processor(read, "What?")
        except ValueError as error:
            hold("surrogate" in str(error), "only letters that cannot be written are refused")
            return
        ids = encoded["input_ids"][0].tolist()
        hold(ids.count(processor.graph_token_id) == 3, "three graph tokens stand for one graph")
        hold(sum(ids.count(one) for one in (0, 1, 2, 3)) == 1, "no special token but the first")


def _graph(extractor: Any, smiles: str) -> Any:
    try:
        return extractor.featurize(smiles)
    except MoleculeError:
        return None


def _own(random: Random) -> dict[str, Any]:
    nodes, edges = random.randint(1, 8), random.randint(0, 12)
    values = np.random.default_rng(random.randrange(2**32))
    parts = {
        "x": np.concatenate([values.integers(0, (5, 3), (nodes, 2)), values.normal(size=(nodes, 2))], 1),
        "edge_index": values.integers(0, nodes, (2, edges)),
        "edge_attr": np.concatenate([values.integers(0, 4, (edges, 1)), values.normal(size=(edges, 1))], 1),
    }
    if random.random() < 0.3:
        parts["motif_index"] = values.integers(-1, nodes, nodes)
    return parts | ({"text": random.choice((None, "a graph", hostile(random)))} if random.random() < 0.5 else {})


def _mutate(value: Any, random: Random) -> Any:
    kind = random.randrange(10)
    if not isinstance(value, np.ndarray):
        return random.choice((*VALUES, hostile(random)))
    if kind <= 2 and value.size:
        try:
            changed = value.astype(random.choice((np.float64, np.int64, object)))
            changed.flat[random.randrange(value.size)] = random.choice(_SCALARS)
        except (ValueError, OverflowError):
            return value
        return changed
    if kind == 3:
        try:
            return value.astype(random.choice((np.uint8, np.float16, np.float32, bool, str, complex, object)))
        except (ValueError, OverflowError):
            return value
    if kind == 4:
        return value.tolist()
    if kind == 5:
        return value[:-1] if random.random() < 0.5 else value[..., :-1]
    if kind == 6:
        return random.choice((value.T, value.reshape(-1), value[None], value[..., None], value[:0], value[..., :0]))
    if kind == 7:
        return random.choice(VALUES)
    if kind == 8:
        import torch

        if value.dtype.kind not in "fib":
            return value
        return torch.tensor(value.tolist(), requires_grad=value.dtype == np.float64 and random.random() < 0.5)
    return np.concatenate([value, value[:1]])
