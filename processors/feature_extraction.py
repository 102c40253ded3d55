"""LlamoFeatureExtractor: molecules in any form -> packed graph tensors. Saved and loaded with the processor."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from transformers import BatchFeature
from transformers.feature_extraction_utils import FeatureExtractionMixin
from transformers.utils import logging

from configuration import LlamoConfig
from processors.graph import MoleculeGraph, featurize_mol
from processors.graph_kind import GraphKind, packed_tensors
from processors.molecule import MoleculeError, check_size, parse
from processors.own_graph import read_graph
from processors.rdkit_record import changed_features, rdkit_record
from processors.ready_made import from_tensors, is_ready_made
from processors.vocabulary import (
    ATOM_VOCAB_SIZES,
    BOND_VOCAB_SIZES,
    MOTIF_VOCAB_SIZE,
    NUM_CHIRALITY_TAGS,
    atom_vocab_sizes,
)

logger = logging.get_logger(__name__)

_MOLECULE_TENSORS = packed_tensors(len(ATOM_VOCAB_SIZES), len(BOND_VOCAB_SIZES), MOTIF_VOCAB_SIZE)


class LlamoFeatureExtractor(FeatureExtractionMixin):
    """Makes the graph tensors of LLaMo.

    Args:
        max_atoms: refuse larger molecules, and those with more rings than 100 + max_atoms / 12. None takes 5,000 atoms
            (`processors.molecule.MAX_ATOMS`), since RDKit may not end on larger ones, and graphs of any size.
        use_motifs: find functional groups (the multi-level projector with motif queries needs them).
        num_chirality_tags: rows of the encoder's chirality table, that is its `config.atom_vocab_sizes[1]`. Chiral tags
            that are not tetrahedral (square planar, octahedral, ..) become 0 with 3 rows (GraphCL) and 3 with 4 rows
            (OGB <= 1.3.5); with 5 rows (OGB >= 1.3.6) RDKit's CHI_OTHER becomes 3, the rest 4.
        graph_kind: columns of graphs that are no molecules, a `GraphKind` or its dict; the extractor then reads such
            graphs only. None reads molecules.
        rdkit: which RDKit made the features that the model learned from, a `processors.rdkit_record.rdkit_record()`;
            saved, and compared with this one before the first molecule is read: what changed is named in a warning.
            None is this RDKit.

    Raises:
        ValueError: `num_chirality_tags` is none of 3, 4, 5, or there is no such kind.

    Attributes:
        fallback_counts: how often a molecule had no functional groups, by reason; not saved.
    """

    def __init__(
        self,
        max_atoms: int | None = None,
        use_motifs: bool = True,
        num_chirality_tags: int = NUM_CHIRALITY_TAGS,
        graph_kind: GraphKind | dict[str, Any] | None = None,
        rdkit: dict[str, str] | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.max_atoms = max_atoms
        self.use_motifs = use_motifs
        atom_vocab_sizes(num_chirality_tags)  # refuses other numbers
        self.num_chirality_tags = num_chirality_tags
        self.graph_kind = GraphKind(**graph_kind) if isinstance(graph_kind, dict) else graph_kind
        self.rdkit = rdkit
        self._rdkit_is_compared = rdkit is None
        self.fallback_counts: Counter[str] = Counter()

    @classmethod
    def of(cls, config: LlamoConfig) -> "LlamoFeatureExtractor":
        """One that makes what a model reads."""
        kind = GraphKind.of(config)
        if kind is None:
            return cls(num_chirality_tags=config.graph_config.atom_vocab_sizes[1])
        return cls(use_motifs=config.projector_config.num_motif_query_tokens > 0, graph_kind=kind)

    @property
    def tensors(self) -> dict[str, tuple[int | None, Any]]:
        """Columns (None: one number per molecule) and dtype of each packed tensor."""
        return _MOLECULE_TENSORS if self.graph_kind is None else self.graph_kind.tensors()

    @property
    def model_input_names(self) -> list[str]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Names of all tensors a call returns."""
        return list(self.tensors)

    def to_dict(self) -> dict[str, Any]:
        """Options only; what was counted so far is not an option."""
        options = super().to_dict()
        options.pop("fallback_counts", None)
        options.pop("_rdkit_is_compared", None)
        if self.graph_kind is None:
            options.pop("graph_kind", None)
            options["rdkit"] = self.rdkit or rdkit_record()
        else:
            options.pop("rdkit", None)
            options["graph_kind"] = {name: _listed(value) for name, value in asdict(self.graph_kind).items()}
        return options

    def __getstate__(self) -> dict[str, Any]:
        # Counts must not change the pickle: `datasets` recognises a mapped function by it.
        return {**self.__dict__, "fallback_counts": Counter()}

    def featurize(self, molecule: Any, *, row: int | None = None) -> MoleculeGraph:
        """The graph of one molecule.

        Args:
            molecule: SMILES, RDKit `Mol`, mol block, PyG `Data`, a mapping of graph tensors, or a `MoleculeGraph`.
                A PyG `Data` with a `smiles` is read from that: its `x` may follow another convention (PyG's own
                `from_smiles` does). Without, `x`, `edge_index`, `edge_attr` and, if there, `motif` are taken as is.
                With a `graph_kind`, a PyG `Data` or a mapping as `processors.own_graph.read_graph` reads them.
            row: number that an error names.

        Raises:
            MoleculeError: the molecule cannot be read.
        """
        if isinstance(molecule, MoleculeGraph):
            return molecule
        if self.graph_kind is not None:
            options = {"max_nodes": self.max_atoms, "use_motifs": self.use_motifs}
            return self._count(read_graph(molecule, self.graph_kind, row=row, **options))
        if not isinstance(molecule, str) and is_ready_made(molecule):
            smiles = getattr(molecule, "smiles", None)
            if smiles is None or isinstance(molecule, Mapping):
                graph = from_tensors(molecule, num_chirality_tags=self.num_chirality_tags, row=row)
                check_size(molecule, len(graph.node_ids), self.max_atoms, row)
                return self._count(graph)
            molecule = smiles
        if not self._rdkit_is_compared:
            self._compare_rdkit()
        mol = parse(molecule, row=row, max_atoms=self.max_atoms)
        options = {"use_motifs": self.use_motifs, "num_chirality_tags": self.num_chirality_tags}
        try:
            return self._count(featurize_mol(mol, row=row, **options))
        except MoleculeError as error:  # names the canonical SMILES
            value = molecule if isinstance(molecule, str) else error.value
            raise MoleculeError(value, error.reason, error.remedy, row) from None

    def _compare_rdkit(self):
        self._rdkit_is_compared = True
        kept, here = self.rdkit or {}, rdkit_record()
        if changed := changed_features(kept):
            logger.warning(
                f"the model learned from features of RDKit {kept.get('version')}; this is {here['version']}, which for "
                f"some molecules changes: {', '.join(changed)}. Answers about rare elements, hypervalent sulfur and "
                "phosphorus may differ; install that release to have the same"
            )

    def _count(self, graph: MoleculeGraph) -> MoleculeGraph:
        reason = graph.motif_fallback
        if reason is not None and self.use_motifs:
            if reason not in self.fallback_counts:
                logger.warning(
                    f"no motifs (functional groups) for {graph.smiles or 'a ready-made graph'}: {reason}; its motif "
                    "tokens are the learned queries. Further cases are counted in fallback_counts"
                )
            self.fallback_counts[reason] += 1
        return graph

    def pack(self, graphs: list[MoleculeGraph], return_tensors: str | None = None) -> BatchFeature:
        """Graphs as flat tensors, concatenated along dim 0; bond indices stay local to their molecule.

        Returns:
            `graph_node_ids` (N, 9), `graph_edge_index` (E, 2), `graph_edge_ids` (E, 3), `graph_motif_features` (M, 73)
            float32, and the numbers per molecule `graph_node_counts`, `graph_edge_counts`, `graph_motif_counts` (G,).
            Graphs of another kind have other numbers of columns and, where they have continuous ones,
            `graph_node_features` (N, F) and `graph_edge_features` (E, F) float32.
        """
        if not graphs:
            raise ValueError("no molecules to pack")
        data = {
            "graph_node_ids": np.concatenate([graph.node_ids for graph in graphs]),
            "graph_edge_index": np.concatenate([graph.edge_index for graph in graphs]),
            "graph_edge_ids": np.concatenate([graph.edge_ids for graph in graphs]),
            "graph_node_counts": np.array([len(graph.node_ids) for graph in graphs], dtype=np.int64),
            "graph_edge_counts": np.array([len(graph.edge_ids) for graph in graphs], dtype=np.int64),
            "graph_motif_features": np.concatenate([graph.motif_features for graph in graphs]).astype(np.float32),
            "graph_motif_counts": np.array([len(graph.motif_features) for graph in graphs], dtype=np.int64),
        }
        if self.graph_kind is not None:
            data |= self._features(graphs)
        return BatchFeature(data, tensor_type=return_tensors)

    def _features(self, graphs: list[MoleculeGraph]) -> dict[str, np.ndarray]:
        names = [name for name in ("node_features", "edge_features") if f"graph_{name}" in self.tensors]
        return {f"graph_{name}": np.concatenate([getattr(graph, name) for graph in graphs]) for name in names}

    def __call__(self, molecules: Any, *, return_tensors: str | None = None) -> BatchFeature:
        """Packed graph tensors of one molecule or a list; see `pack`. Errors name the row in the list."""
        single = not isinstance(molecules, list | tuple)
        rows = [molecules] if single else list(molecules)
        if not rows:
            raise MoleculeError(molecules, "the list is empty", "pass at least one molecule")
        graphs = [self.featurize(molecule, row=None if single else row) for row, molecule in enumerate(rows)]
        return self.pack(graphs, return_tensors)


def _listed(value: Any) -> Any:
    """As JSON has it."""
    return list(value) if isinstance(value, tuple) else value
