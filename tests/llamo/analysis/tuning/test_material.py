"""The three forms of lessons."""

from pathlib import Path

import pytest

from llamo.analysis.tuning.material import CAPTIONS, CONVERSATIONS, QUESTIONS, lessons, read_talks
from tests.llamo.analysis.tuning.talks import conversations_file, talks


def test_conversations_are_read_with_their_descriptions(tmp_path: Path):
    assert read_talks(conversations_file(tmp_path / "talk.jsonl")) == talks()


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match="is missing: write conversations"):
        read_talks(tmp_path / "talk.jsonl")


def test_conversations_without_descriptions_are_refused(tmp_path: Path):
    path = conversations_file(tmp_path / "talk.jsonl")
    path.write_text(path.read_text().replace('"description"', '"other"'))
    with pytest.raises(ValueError, match="no conversation with a description"):
        read_talks(path)


def test_all_forms_have_about_as_many_tokens():
    rows = lessons(talks(), learned=8, kept=4, graph_tokens=4).rows
    assert rows.names == [CAPTIONS, CONVERSATIONS, QUESTIONS]
    tokens = [int(rows.lengths[rows.kinds == kind].sum()) for kind in range(3)]
    assert max(tokens) - min(tokens) <= rows.lengths.max()


def test_what_is_kept_is_not_learned():
    found = lessons(talks(), learned=8, kept=4, graph_tokens=4)
    words = found.processor.tokenizer.batch_decode([found.rows.ids[row] for row in range(len(found.rows))])
    assert len(found.kept) == 4
    assert not any(one.description in text for one in found.kept for text in words)


def test_too_few_molecules_are_refused():
    with pytest.raises(ValueError, match=r"9 \+ 4 molecules are wanted, there are 12"):
        lessons(talks(), learned=9, kept=4, graph_tokens=4)
