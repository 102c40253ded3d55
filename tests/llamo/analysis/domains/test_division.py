"""What is learned and what is asked about."""

import numpy as np
import pytest

from llamo.analysis.domains.division import divide
from llamo.analysis.domains.kinds import RULES
from llamo.analysis.domains.scaffolds import HALVES
from llamo.analysis.laboratory.shown import take
from llamo.tasks.splitting import structure_key
from tests.llamo.analysis.domains.molecules import facts
from tests.text import byte_tokenizer


def test_every_kind_and_both_halves_are_there():
    assert list(divide(facts(), byte_tokenizer(), most=20, asked=5)) == [*RULES, *HALVES]


def test_no_structure_is_learned_and_asked_about():
    for domain in divide(facts(), byte_tokenizer(), most=20, asked=20).values():
        assert not set(map(structure_key, domain.learned)) & set(map(structure_key, domain.asked))
        assert domain.learned


def test_a_kind_without_molecules_is_named():
    rows = facts()
    no_metals = take(rows, np.arange(12, len(rows)))
    with pytest.raises(ValueError, match="no molecules of the kind metal"):
        divide(no_metals, byte_tokenizer(), most=20, asked=5)
