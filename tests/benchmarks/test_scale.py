"""Molecules, samples and pages of the scale curves."""

from rdkit import Chem

from benchmarks.scale import flat, no_faster, samples_at, stream, write_molecules
from benchmarks.scale_pages import page, write_pages

STAGE = {"RDKit": {"ms": 0.5}, "encode": {"ms": 0.1234, "mb": 0.5}, "project": {"ms": 1234.0, "mb": 5.0}}
RESULTS = {
    "atoms": {10: STAGE, 5000: STAGE},
    "prompt": {1: STAGE, 64: STAGE},
    "stream": [{"molecules": 1, "seconds": 0.1, "mb": 500.0}, {"molecules": 1200, "seconds": 2.0, "mb": 501.0}],
    "molecules": "some molecules",
}


def test_no_two_smiles_of_the_stream_are_the_same_and_all_can_be_read(tmp_path):
    write_molecules(tmp_path / "molecules.csv", 1500)  # more than there are in the demo
    smiles = [line.split(",")[0] for line in (tmp_path / "molecules.csv").read_text().splitlines()[1:]]
    assert len(set(smiles)) == len(smiles) == 1500
    assert all(Chem.MolFromSmiles(one) for one in smiles)


def test_a_stream_is_sampled_until_its_end(tmp_path):
    samples = stream(tmp_path, 20, seconds=60)
    assert [sample["molecules"] for sample in samples] == list(samples_at(20)) == list(range(1, 21))
    assert all(sample["mb"] > 0 for sample in samples)


def test_a_stream_is_left_when_its_time_is_up(tmp_path):
    samples = stream(tmp_path, 1000, seconds=0)
    assert len(samples) == 1


def test_memory_counts_from_the_thousandth_molecule():
    samples = [{"molecules": number, "seconds": 0.0, "mb": mb} for number, mb in ((1, 1), (1000, 400), (5000, 420))]
    assert flat(samples).ratio == 1.05


def test_the_first_quarter_of_a_short_stream_is_where_memory_counts_from():
    samples = [{"molecules": number, "seconds": 0.0, "mb": mb} for number, mb in ((1, 1), (50, 400), (200, 440))]
    assert flat(samples).ratio == 1.1


def test_time_by_another_stage_is_compared_over_sizes():
    curve = {
        size: {"x": {"ms": ms}, "y": {"ms": by}}
        for size, ms, by in ((10, 9.0, 1.0), (100, 4.0, 2.0), (5000, 90.0, 30.0))
    }
    assert no_faster(curve, "x", "y", "atom").ratio == 1.5  # 3 against 2


def test_pages_have_every_number_and_figure(tmp_path):
    write_pages(tmp_path, RESULTS)
    text = (tmp_path / "scale.md").read_text(encoding="utf-8")
    assert text == page(RESULTS)
    assert "| 5,000 | 0.5 | 0.123 | 1,234 |" in text and "| 5,000 | 0.5 | 5 |" in text and "| 1,200 | 2 | 501 |" in text
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [
        "scale-atoms.png",
        "scale-prompt.png",
        "scale-stream.png",
    ]
