"""Published numbers are what the papers say, under our names, with their tokenizers."""

import pytest

from llamo.evaluation.published import OTHER_DATA, PUBLISHED, needs_tokenizer, published, tokenizer_family

TASKS = {
    "description-mol-instructions",
    "description-pubchem324k",
    "description-chebi20",
    "iupac",
    "qm9",
    "forward-reaction",
    "retrosynthesis",
}


def value(task: str, system: str, metric: str) -> float:
    (found,) = [one for one in published(task) if (one.system, one.metric) == (system, metric)]
    return found.value


def test_every_task_with_published_numbers_is_one_of_ours():
    assert {one.task for one in PUBLISHED} == TASKS


@pytest.mark.parametrize(
    ("task", "system", "metric", "expected"),
    [
        ("description-mol-instructions", "LLaMo 7B", "bleu_4", 0.389),
        ("description-mol-instructions", "Mol-Instructions Llama-2 7B", "meteor", 0.254),
        ("description-chebi20", "MolT5 large", "bleu_4", 0.508),
        ("description-pubchem324k", "MolCA 1.3B", "meteor", 0.456),
        ("iupac", "LLaMo 1.3B", "meteor", 0.734),
        ("iupac", "GPT-4, 4-shot", "bleu_4", 0.518),
        ("qm9", "LLaMo 7B", "mae", 0.006),
        ("forward-reaction", "LLaMo 7B", "exact", 0.584),
        ("forward-reaction", "LLaMo 7B", "validity", 0.938),
        ("retrosynthesis", "LLaMo 7B", "validity", 0.954),
        ("retrosynthesis", "InstructMol-GS", "exact", 0.407),
    ],
)
def test_values_are_those_of_the_papers(task, system, metric, expected):
    assert value(task, system, metric) == expected


def test_no_number_is_there_twice():
    keys = [(one.task, one.system, one.metric, one.protocol) for one in PUBLISHED]
    assert len(set(keys)) == len(keys)


def test_values_are_fractions_and_tokenizers_go_with_counted_tokens_only():
    for one in PUBLISHED:
        assert 0 <= one.value <= 1
        assert one.tokenizer is None or needs_tokenizer(one.metric)


def test_where_no_tokenizer_is_known_a_remark_says_so():
    unknown = [one for one in PUBLISHED if needs_tokenizer(one.metric) and one.tokenizer is None]
    assert unknown
    assert all("not stated" in one.remark for one in unknown)


def test_exact_match_of_reactions_names_its_uncertain_denominator():
    assert all("denominator" in one.remark for one in PUBLISHED if one.metric == "exact")
    assert not any(one.remark for one in PUBLISHED if one.metric in ("validity", "mae"))


def test_variants_of_llamo_are_shown_on_request_only():
    assert not any(one.protocol == "ablation" for one in published("qm9"))
    assert len([one for one in published("qm9", ablations=True) if one.protocol == "ablation"]) == 8


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("SciBERT word pieces (scivocab uncased)", "SciBERT"),
        ("allenai/scibert_scivocab_uncased", "SciBERT"),
        ("tokens of meta-llama/Llama-2-7b-chat-hf", "Llama-2"),
        ("tokens of facebook/galactica-1.3b", "Galactica"),
        ("SciBERT", "SciBERT"),
        ("words (lower-cased runs of a-z and 0-9)", "words"),
        ("word pieces of /data/scibert/vocab.txt (500 entries)", "word pieces of /data/scibert/vocab.txt (500 entries)"),
        ("tokens of /models/llama-2-mine", "tokens of /models/llama-2-mine"),
        ("tokens of /models/meta-llama/Llama-2-7b", "tokens of /models/meta-llama/Llama-2-7b"),
        ("tokens of someone/galactica-like", "tokens of someone/galactica-like"),
        ("tokens of runs/facebook/galactica-1.3b/mine", "tokens of runs/facebook/galactica-1.3b/mine"),
        ("tokens of gpt2", "tokens of gpt2"),
        ("", None),
        (None, None),
    ],
)
def test_a_tokenizer_has_one_name_however_it_is_written(name, family):
    assert tokenizer_family(name) == family


def test_other_data_are_pointed_out_for_tasks_with_published_numbers():
    assert set(OTHER_DATA) < TASKS
    assert "these 1,978 rows are of another release" in OTHER_DATA["description-pubchem324k"]
