"""What CI installs: every package locked with hashes, with a licence, in the bill of materials."""

import json
import re
from importlib.metadata import requires

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.paths import REPOSITORY

LOCKED = re.findall(
    r"^([a-z0-9.-]+)==([^ ;]+)(?: ; ([^\\\n]+))?[^\n]*((?:\n +--hash=\S+(?: \\)?)+)",
    (REPOSITORY / "locked.txt").read_text(),
    re.M,
)
NAMES = {name for name, *_ in LOCKED}
EXTRAS = ("", "serve", "test", "dev")


def wanted() -> set[str]:
    """Everything that setup.py asks for, with the extras that CI needs."""
    found = [Requirement(line) for line in requires("llamo") or []]
    return {
        canonicalize_name(one.name)
        for one in found
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in EXTRAS)
    }


def test_everything_that_is_needed_is_locked():
    assert len(NAMES) > 100 and wanted() <= NAMES


def test_every_line_of_the_lock_has_a_version_and_hashes():
    lines = [line for line in (REPOSITORY / "locked.txt").read_text().splitlines() if line[0] not in " #"]
    assert len(lines) == len(LOCKED)
    assert all(re.findall(r"sha256:[0-9a-f]{64}", hashes) for *_, hashes in LOCKED)


@pytest.mark.parametrize("name", ["torch", "transformers", "rdkit"])
def test_the_lock_keeps_to_the_constraints_of_setup(name):
    version = next(version for one, version, *_ in LOCKED if one == name)
    limits = [
        Requirement(line) for line in requires("llamo") or [] if canonicalize_name(Requirement(line).name) == name
    ]
    assert limits and all(version in one.specifier for one in limits)


def test_the_bill_of_materials_is_the_lock():
    bill = json.loads((REPOSITORY / "docs/supply-chain/sbom.cdx.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    assert {(one["name"], one["version"]) for one in bill["components"]} == {
        (name, version) for name, version, *_ in LOCKED
    }


def test_every_package_states_a_licence():
    rows = [
        line.split("|")[1:4]
        for line in (REPOSITORY / "docs/supply-chain/licences.md").read_text().splitlines()
        if line[:1] == "|"
    ]
    stated = {canonicalize_name(name.strip()): licence.strip() for name, _, licence in rows[2:]}
    here = {name for name, _, marker, _ in LOCKED if not marker or Marker(marker.strip()).evaluate()}
    assert here <= stated.keys(), "run `make locked`"
    assert all(licence and "UNKNOWN" not in licence for licence in stated.values())
