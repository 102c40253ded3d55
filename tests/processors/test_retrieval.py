"""Captions of similar molecules: which are found, how prompts carry them, how they travel with the processor."""

import pytest

from processors import LlamoProcessor, MoleculeError
from processors.retrieval import CaptionIndex, Retrieved, with_retrieved
from tests.text import byte_tokenizer

SMILES = ["CCO", "CCCO", "c1ccccc1O", "C[C@H](N)C(=O)O"]
CAPTIONS = ["ethanol", "propanol", "phenol", "alanine"]


@pytest.fixture
def index() -> CaptionIndex:
    return CaptionIndex(SMILES, CAPTIONS)


@pytest.fixture
def processor(index) -> LlamoProcessor:
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer(), include_smiles=False)
    processor.captions = index
    return processor


def text_of(processor: LlamoProcessor, **inputs) -> str:
    return processor.tokenizer.decode(processor("OCC", "What is it?", **inputs)["input_ids"][0])


def test_the_most_similar_come_first(index):
    found = index.nearest("OCC", 2)
    assert [one.caption for one in found] == ["ethanol", "propanol"]
    assert found[0].similarity == 1.0 > found[1].similarity > 0


def test_there_may_be_fewer_than_asked_for(index):
    assert len(index.nearest("CCO", 9)) == 4


@pytest.mark.parametrize("count", [0, -1])
def test_none_is_not_a_number_to_retrieve(index, count):
    with pytest.raises(ValueError, match="at least 1"):
        index.nearest("CCO", count)


@pytest.mark.parametrize(("smiles", "captions"), [([], []), (["C"], [])])
def test_an_index_needs_a_caption_for_each_molecule(smiles, captions):
    with pytest.raises(ValueError, match="as many captions as molecules"):
        CaptionIndex(smiles, captions)


def test_a_molecule_of_the_index_that_cannot_be_read_is_named():
    with pytest.raises(ValueError, match="molecule 1 of the index"):
        CaptionIndex(["C", "no"], ["a", "b"]).nearest("C", 1)


def test_captions_stand_in_front_of_the_question():
    assert with_retrieved("What?", [Retrieved("C", "a gas", 0.5)]) == "Similar molecules:\n[50 %] a gas\n\nWhat?"
    assert with_retrieved("What?", []) == "What?"


def test_long_captions_are_cut_visibly():
    assert with_retrieved("What?", [Retrieved("C", "a " * 200, 1.0)]).splitlines()[1].endswith(" a ..")


def test_the_processor_puts_them_into_the_prompt(processor):
    assert "[100 %] ethanol" in text_of(processor, retrieve=1)
    assert "ethanol" not in text_of(processor)
    processor.retrieve = 2
    assert "propanol" in text_of(processor)
    assert "ethanol" not in text_of(processor, retrieve=0)


def test_prompts_about_no_molecule_or_several_stay_as_they_are(processor):
    assert processor(None, "Hello", retrieve=1)["input_ids"].tolist() == processor(None, "Hello")["input_ids"].tolist()
    both = processor([["C", "CC"]], ["Hello"], retrieve=1)
    assert both["input_ids"].tolist() == processor([["C", "CC"]], ["Hello"])["input_ids"].tolist()


def test_without_an_index_the_remedy_is_named(processor):
    processor.captions = None
    with pytest.raises(ValueError, match="llamo index"):
        processor("C", "What?", retrieve=1)


def test_a_molecule_that_cannot_be_read_is_named(processor):
    with pytest.raises(MoleculeError, match="row 1"):
        processor(["CCO", "no"], ["What?"] * 2, retrieve=1)


def test_the_index_travels_with_the_processor(processor, tmp_path):
    processor.retrieve = 1
    processor.save_pretrained(tmp_path)
    again = LlamoProcessor.from_pretrained(tmp_path)
    assert again.captions is not None
    assert (again.captions.smiles, again.captions.captions) == (SMILES, CAPTIONS)
    assert text_of(again) == text_of(processor)


def test_a_processor_without_an_index_has_none(tmp_path):
    LlamoProcessor.from_tokenizer(byte_tokenizer()).save_pretrained(tmp_path)
    assert LlamoProcessor.from_pretrained(tmp_path).captions is None


def test_the_same_index_makes_the_same_file(index, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        index.save(tmp_path / name)
    assert (tmp_path / "a" / "retrieval.jsonl.gz").read_bytes() == (tmp_path / "b" / "retrieval.jsonl.gz").read_bytes()
