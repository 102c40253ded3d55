"""The runner tells of wrong molecules, wrong errors, crashes and hangs, and makes the same inputs again."""

import json
import os
import time

import pytest
from rdkit import Chem

from processors import LlamoFeatureExtractor
from tests.fuzz.__main__ import main
from tests.fuzz.molecule_target import MoleculeTarget
from tests.fuzz.running import Bounds, random_of, run, run_here, run_one, save_failures

SEEDS = ("CCO", "c1ccccc1C(=O)O", "C[C@H](N)C(=O)O")


class Planted:
    """A target that does something at one of its inputs."""

    name = "planted"

    def __init__(self, deed, at: int = 3):
        self.deed, self.at = deed, at

    def make(self, random):
        return random.randrange(10**9)

    def check(self, made, random):
        if made == self.make(random_of(0, self.name, self.at)):
            self.deed()
        return "accepted: number"


class OneAtomMore(LlamoFeatureExtractor):
    """Answers about another molecule."""

    def featurize(self, molecule, *, row=None):
        return super().featurize(molecule + "C" if isinstance(molecule, str) else molecule, row=row)


def test_a_graph_of_another_molecule_is_told():
    found = run_here(MoleculeTarget(SEEDS, OneAtomMore()), 40)
    assert any("that of the molecule given" in told["outcome"] for told in found.failures)


def test_any_other_error_than_a_refusal_is_told_with_its_input():
    def deed():
        raise KeyError("from deep inside")

    (told,) = run_here(Planted(deed), 5).failures
    assert told["number"] == 3 and "KeyError" in told["outcome"] and told["input"] and "deep inside" in told["trace"]


def test_a_process_that_ends_is_told_and_the_others_are_read():
    found = run(Planted(lambda: os.kill(os.getpid(), 9)), 6)
    assert found.inputs == 6 and [told["outcome"] for told in found.failures] == ["FAILED: the process ended (SIGKILL)"]


def test_a_hang_is_told_and_the_others_are_read():
    found = run(Planted(lambda: time.sleep(60)), 6, bounds=Bounds(wall=1.0))
    assert found.inputs == 6 and [told["number"] for told in found.failures] == [3]
    assert "no end within 1 s" in found.failures[0]["outcome"]


def test_what_takes_too_long_is_told():
    def deed():
        end = time.process_time() + 0.2
        while time.process_time() < end:
            pass

    (told,) = run_here(Planted(deed), 5, bounds=Bounds(cpu=0.1)).failures
    assert "s of processor time" in told["outcome"]


def test_the_same_seed_makes_the_same_inputs():
    target = MoleculeTarget(SEEDS)
    made = [target.make(random_of(seed, "x", number)) for seed in (0, 0, 1) for number in range(30)]
    made = [one if isinstance(one, str) else Chem.MolToSmiles(one) for one in made]
    assert made[:30] == made[30:60] != made[60:]


def test_an_input_that_failed_is_saved(tmp_path):
    found = run_here(Planted(lambda: 1 / 0), 5)
    (path,) = save_failures(found, tmp_path / "found", 0)
    saved = json.loads(path.read_text())
    assert saved["number"] == 3 and "ZeroDivisionError" in saved["outcome"]
    assert run_one(Planted(lambda: 1 / 0), 0, 3, Bounds())["outcome"] == saved["outcome"]


def test_the_command_prints_counts_and_ends_with_zero(capsys, tmp_path):
    ended = main(["--inputs", "40", "--target", "graphs", "--json", str(tmp_path / "c.json"), "--found", str(tmp_path)])
    assert ended == 0 and "graphs: 40 inputs" in capsys.readouterr().out
    assert json.loads((tmp_path / "c.json").read_text())["all"]["inputs"] == 40


def test_a_folder_without_tables_is_refused(tmp_path):
    with pytest.raises(SystemExit, match=r"no \*\.csv\.gz"):
        main(["--data", str(tmp_path), "--inputs", "1"])
