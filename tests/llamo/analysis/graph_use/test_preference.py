"""Models trained on with and without graph preference."""

from pathlib import Path

from llamo.analysis.graph_use import preference
from llamo.analysis.graph_use.preference import WITH, WITHOUT, tune
from llamo.analysis.graph_use.variants import REMOVED, SHUFFLED, TRUE
from tests.llamo.analysis.laboratory import small


def run(folder: Path):
    return tune(small.material(), folder, seeds=1, steps=1, tuning_steps=2)


def test_both_ways_begin_alike_end_otherwise_and_are_kept(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(preference, "SMALL", small.SIZE)
    found = run(tmp_path)
    assert found.keys() == {WITHOUT, WITH}
    (without,), (with_it,) = found[WITHOUT], found[WITH]
    assert without.loss["facts"].keys() == {TRUE, SHUFFLED, REMOVED}
    assert without.loss != with_it.loss
    assert without.gap("facts") == without.loss["facts"][SHUFFLED] - without.loss["facts"][TRUE]
    monkeypatch.setattr(preference, "train_arm", None)
    assert run(tmp_path) == found
