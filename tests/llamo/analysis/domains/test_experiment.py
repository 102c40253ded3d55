"""Which models are trained, in which order."""

from pathlib import Path

from llamo.analysis.domains import experiment
from llamo.analysis.domains.material import facts_material
from tests.llamo.analysis.domains.molecules import prepared_folder
from tests.llamo.analysis.laboratory.small import SIZE


def test_each_domain_is_learned_by_each_view_and_seeds_come_last(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(experiment, "SIZE", SIZE)
    monkeypatch.setattr(experiment, "LEARNED", ("small",))
    found = facts_material(prepared_folder(tmp_path / "data"), tmp_path / "facts", most=20, asked=3)
    results = experiment.run(found, tmp_path / "arms", seeds=2, steps=1, device="cpu", tell=lambda _: None)
    names = ["small by graph", "small by smiles", "small by both"]
    assert [(one.name, one.seed) for one in results] == [(name, seed) for seed in (0, 1) for name in names]
    assert any(kind.startswith("metal: ") for kind in results[0].kinds)
