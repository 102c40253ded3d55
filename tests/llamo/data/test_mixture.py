"""Sources are mixed by weight, the same way for the same seed."""

from collections import Counter

import pytest

from llamo.data import DataSource, encode_rows, encode_source, mix
from llamo.data.mixture import mixed_order
from processors import LlamoDataCollator
from tests.llamo.data.files import row, write_jsonl


def source(tmp_path, label: str, rows: int, **settings) -> DataSource:
    path = write_jsonl(tmp_path / f"{label}.jsonl", [row("C" * (1 + size)) for size in range(rows)])
    return DataSource(path, label=label, **settings)


def places(dataset) -> list[tuple]:
    return [(example["source"], example["row"]) for example in (dataset[index] for index in range(len(dataset)))]


@pytest.mark.parametrize("on_the_fly", [False, True])
def test_the_weight_says_how_often_a_row_is_seen(tmp_path, processor, on_the_fly):
    weights = {"once": 1, "twice": 2, "half": 0.5, "more": 2.5}
    sources = [source(tmp_path, label, 4, weight=weight) for label, weight in weights.items()]
    mixed = mix([encode_source(one, processor, on_the_fly=on_the_fly) for one in sources])
    seen = Counter(places(mixed))
    times = {label: sorted(seen[label, number] for number in range(4)) for label in weights}
    assert times == {"once": [1] * 4, "twice": [2] * 4, "half": [0, 0, 1, 1], "more": [2, 2, 3, 3]}


def test_the_order_depends_on_the_seed_alone():
    def order(seed, **options):
        return mixed_order([50, 20], [1, 0.5], seed=seed, shuffle=True, **options).tolist()

    assert order(0) == order(0) != order(1)
    assert sorted(order(0)) != order(0)


def test_unshuffled_sources_stand_one_after_the_other(tmp_path, processor):
    encoded = [encode_source(source(tmp_path, label, 2), processor) for label in "ab"]
    assert places(mix(encoded, shuffle=False)) == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]


def test_a_small_share_is_never_nothing():
    assert len(mixed_order([10], [0.01], seed=0, shuffle=True)) == 1


def test_the_collator_takes_a_mixture(tmp_path, processor):
    encoded = [encode_source(source(tmp_path, label, 3), processor) for label in "ab"]
    batch = LlamoDataCollator(processor)(list(mix(encoded)))
    assert len(batch["input_ids"]) == 6


def test_streams_end_when_each_has_ended_and_share_by_weight(tmp_path, processor):
    sources = [
        source(tmp_path, label, rows, weight=weight, streaming=True)
        for label, rows, weight in (("a", 60, 3), ("b", 60, 1))
    ]
    encoded = [encode_source(one, processor) for one in sources]
    seen = [(example["source"], example["row"]) for example in mix(encoded, seed=1)]
    assert seen == [(example["source"], example["row"]) for example in mix(encoded, seed=1)]
    counts = Counter(label for label, _ in seen)
    assert {("a", number) for number in range(60)} | {("b", number) for number in range(60)} == set(seen)
    assert 2 < counts["a"] / counts["b"] < 4


def test_streams_shuffle_within_a_buffer(tmp_path, processor):
    encoded = encode_source(source(tmp_path, "a", 30, streaming=True), processor)
    numbers = [example["row"] for example in mix([encoded], buffer_size=10)]
    assert sorted(numbers) == list(range(30)) != numbers


def test_sources_of_different_kinds_are_refused(tmp_path, processor):
    encoded = [
        encode_source(source(tmp_path, "a", 2), processor),
        encode_source(source(tmp_path, "b", 2, streaming=True), processor),
    ]
    with pytest.raises(ValueError, match="different kinds cannot be mixed"):
        mix(encoded)


def test_nothing_to_mix_is_refused(processor):
    with pytest.raises(ValueError, match="no source to mix"):
        mix([])
    with pytest.raises(ValueError, match="has no row left"):
        mix([encode_rows([row("C1")], processor)])
