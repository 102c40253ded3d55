"""Every abuse of `benchmarks.serving_abuse`, a few times, against a real server: no law breaks."""

import signal

import pytest

from benchmarks.serving_abuse import malformed, secrets, slow
from benchmarks.serving_abuse.faults import FAULTS, fault
from benchmarks.serving_abuse.faulty import FILES, HASTE
from benchmarks.serving_abuse.idle import idle_connections
from benchmarks.serving_abuse.leaving import disconnects
from benchmarks.serving_abuse.memory import mixed
from benchmarks.serving_abuse.stopping import stop
from benchmarks.serving_abuse.victim import serving, tiny_folder


@pytest.fixture(scope="module")
def folder():
    with tiny_folder() as one:
        yield one


@pytest.fixture(scope="module")
def hasty(folder):
    with serving(folder, fault="hasty") as one:
        yield one


def test_broken_and_costly_requests_are_refused_in_one_line(hasty):
    assert [one.broken for one in malformed.malformed(hasty)] == [[]] * 4


@pytest.mark.parametrize(
    "abuse", [malformed.oversized, malformed.pipelined, secrets.origins, secrets.logs], ids=lambda one: one.__name__
)
def test_no_law_breaks(hasty, abuse):
    assert abuse(hasty).broken == []


def test_odd_paths_make_no_series_of_metrics(hasty):
    assert secrets.labels(hasty, 5).broken == []


def test_who_goes_away_leaves_no_row_and_no_file(hasty):
    assert disconnects(hasty, 24).broken == []


@pytest.mark.parametrize("abuse", [slow.slow_heads, slow.slow_bodies], ids=lambda one: one.__name__)
def test_slow_clients_are_closed_and_nobody_notices(hasty, abuse):
    assert abuse(hasty, 8, HASTE).broken == []


def test_idle_connections_are_closed_and_nobody_notices(hasty):
    assert idle_connections(hasty, 100, HASTE, most=120).broken == []


def test_requests_of_all_kinds_are_answered(hasty):
    assert mixed(hasty, 40, flat=None).broken == []


@pytest.mark.slow
def test_streams_that_nobody_reads_are_bounded(hasty):
    assert slow.unread_streams(hasty, 8, HASTE).broken == []


@pytest.mark.slow
def test_memory_stays_flat(hasty):
    assert mixed(hasty, 2000).broken == []


@pytest.mark.slow
def test_others_are_served_where_few_files_are_allowed(folder):
    with serving(folder, fault="files") as victim:
        assert idle_connections(victim, 2 * FILES, 30, most=FILES).broken == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_inside_is_told_and_nobody_hangs(folder, name):
    assert fault(folder, name).broken == []


@pytest.mark.slow
def test_wrong_keys_open_nothing(folder):
    assert secrets.keys(folder).broken == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "tokens", "grace"), [(signal.SIGTERM, 100, 30), (signal.SIGTERM, 1000, 1), (signal.SIGKILL, 400, 30)]
)
def test_a_server_that_ends_leaves_no_answer_that_seems_whole(folder, number, tokens, grace):
    assert stop(folder, 8, number, tokens=tokens, grace=grace).broken == []
