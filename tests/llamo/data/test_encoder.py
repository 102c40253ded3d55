"""One row becomes compact columns that the collator takes."""

import numpy as np
import pytest

from llamo.data.bad_row import Problem, RowError
from llamo.data.encoder import GRAPH_TYPES, RowEncoder, compact
from llamo.data.rows import RowReader
from processors import LlamoProcessor
from tests.llamo.data.files import BAD, GOOD, row
from tests.text import byte_tokenizer


def encode(values: dict, processor, **options) -> dict:
    return RowEncoder(RowReader("file"), processor, **options).encode({**values, "row": 5})


def test_an_example_is_what_the_processor_makes_of_the_conversation(processor):
    example = encode(GOOD, processor)
    expected = processor.encode_conversation(RowReader("file").messages({**GOOD, "row": 5}))
    for name in expected:
        assert np.array_equal(example[name], np.asarray(expected[name]).reshape(-1)), name
    assert (example["source"], example["row"], example["length"]) == ("file", 5, len(expected["input_ids"]))


def test_graph_columns_have_small_types(processor):
    example = encode(GOOD, processor)
    assert {name: str(example[name].dtype) for name in GRAPH_TYPES} == GRAPH_TYPES


def test_text_only_rows_have_no_graph_columns(processor):
    assert not set(GRAPH_TYPES) & set(encode(row(None), processor))


@pytest.mark.parametrize("category", BAD)
def test_bad_rows_have_their_category(processor, category):
    with pytest.raises(RowError, match=r"^file, row 5: ") as raised:
        encode(BAD[category], processor, max_length=200)
    assert raised.value.bad.category == category


def test_a_bad_molecule_is_named_with_rdkits_reason(processor):
    with pytest.raises(RowError, match=r"^file, row 5: .*unclosed ring.*got 'C1CC'"):
        encode(BAD["molecule"], processor)


def test_rows_that_are_cut_keep_within_the_limit(processor):
    assert encode(BAD["too_long"], processor, max_length=120, truncation=True)["length"] == 120


@pytest.mark.parametrize("max_length", [5, 40])
def test_rows_whose_answer_does_not_survive_the_cut_are_too_long(processor, max_length):
    long_question = GOOD | {"instruction": "why " * 100}
    with pytest.raises(RowError) as raised:
        encode(long_question, processor, max_length=max_length, truncation=True)
    assert raised.value.bad.category == "too_long"


def test_what_a_template_refuses_is_a_bad_row():
    template = "{{ raise_exception('roles must alternate') }}{% generation %}{% endgeneration %}"
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer(), chat_template=template)
    with pytest.raises(RowError, match="roles must alternate") as raised:
        encode(GOOD, processor)
    assert raised.value.bad.category == "template"


def test_numbers_that_do_not_fit_are_refused_and_never_wrapped():
    with pytest.raises(Problem, match="reaches 70000"):
        compact("graph_edge_index", [1, 70_000], "uint16")
