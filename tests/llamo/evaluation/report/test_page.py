"""A report is one whole file: balanced, escaped, the same each time, and it asks nothing of any network."""

import re
from dataclasses import replace

import numpy as np
import pytest

from llamo.evaluation.answer import Answer
from llamo.evaluation.report import write_report
from llamo.evaluation.report.page import MOST_EXAMPLES
from tests.llamo.evaluation.report.html import Page
from tests.llamo.evaluation.results import every_kind, number_result, smiles_result, text_result, yes_no_result

ATTACK = "</td><script>alert('x')</script><img src=x onerror=alert(1)>&amp; \" ' <b>"


def content(result, folder, **options) -> str:
    write_report(result, folder / "report.html", **options)
    return (folder / "report.html").read_text(encoding="utf-8")


def attacked():
    """A result in which every text that is not ours is an attack."""
    result = text_result(6)
    answers = [Answer(ATTACK, ATTACK, ATTACK, row=row, prompt=f"{ATTACK} {row}", group=ATTACK) for row in range(6)]
    return replace(
        result,
        title=ATTACK,
        system=ATTACK,
        answers=answers,
        settings={ATTACK: ATTACK},
        notes=[ATTACK],
        parsed=[ATTACK] * 6,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> dict[str, str]:
    """A report of each kind of result."""
    return {result.kind: content(result, tmp_path_factory.mktemp("report")) for result in every_kind()}


@pytest.fixture(params=[result.kind for result in every_kind()])
def page(request, written) -> Page:
    return Page(written[request.param])


def test_tags_are_balanced(page):
    assert page.unbalanced == []


def test_no_id_is_there_twice(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)


def test_nothing_is_loaded_from_anywhere(page):
    links = [value for _, one in page.elements for name, value in one.items() if name in ("src", "href", "xlink:href")]
    assert all(link.startswith("#") for link in links)
    assert not page.tags("link")
    assert "url(http" not in "".join(page.texts["style"]) and "@import" not in "".join(page.texts["style"])


def test_references_within_the_page_lead_somewhere(page):
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    for _, attributes in page.elements:
        for value in attributes.values():
            for wanted in re.findall(r"url\(#([^)]*)\)", value) + re.findall(r"^#(.+)", value):
                assert wanted in ids


def test_every_picture_has_a_text(page):
    pictures = page.tags("svg")
    assert all(one["role"] == "img" and one["aria-label"] for one in pictures)


@pytest.mark.parametrize("result", [text_result(), smiles_result()], ids=lambda result: result.kind)
def test_the_same_result_gives_the_same_bytes(result, written, tmp_path):
    assert content(result, tmp_path) == written[result.kind]


def test_texts_that_attack_stay_texts(tmp_path):
    page = Page(content(attacked(), tmp_path))
    assert page.unbalanced == []
    assert len(page.tags("script")) == 1
    assert page.tags("img") == page.tags("b") == []
    assert page.text.count(ATTACK) >= 12


def test_molecules_and_names_of_series_cannot_attack(tmp_path):
    answers = [
        Answer("CCO " + ATTACK, f"{row}.5", f"{row}", group=("$x^<script>", ATTACK)[row % 2]) for row in range(6)
    ]
    result = replace(number_result(6), answers=answers, parsed=[one.prediction for one in answers])
    page = Page(content(result, tmp_path))
    assert (page.unbalanced, len(page.tags("script")), page.tags("img")) == ([], 1, [])


def test_only_our_own_script_may_run(tmp_path):
    text = content(attacked(), tmp_path)
    (policy,) = [one["content"] for one in Page(text).tags("meta") if "http-equiv" in one]
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2]


def test_characters_without_a_place_in_html_become_visible(tmp_path):
    text = content(text_result(4, prediction="a\x00b\x1b\ud800c"), tmp_path)
    assert "a\u2400b\u241b\\ud800c" in text


def test_the_page_says_what_was_scored_how(tmp_path):
    result = text_result(notes=["14 rows were left out"], settings={"tokenizer": "SciBERT", "licence": "CC BY 4.0"})
    text = Page(content(result, tmp_path)).text
    for wanted in (
        "description chebi20",
        "ours",
        "SciBERT",
        "CC BY 4.0",
        "14 rows were left out",
        "Describe the molecule.",
    ):
        assert wanted in text


def test_published_numbers_stand_beside_ours_with_a_warning(written):
    text = Page(written["text"]).text
    assert "MolCA 1.3B" in text
    assert "Tokenizers differ." in text


def test_a_task_without_published_numbers_has_no_such_table(written):
    assert "published" not in Page(written["yes_no"]).text


def test_a_text_task_says_that_quality_stands_in_for_right_and_wrong(written):
    assert "meteor stands in for it" in Page(written["text"]).text


def test_the_first_rows_are_shown_and_the_others_are_said_to_be_elsewhere(tmp_path):
    rows = MOST_EXAMPLES + 20
    text = content(replace(text_result(rows), columns={}, ranking=None), tmp_path)
    assert f"The first {MOST_EXAMPLES} of {rows} rows; the CSV file" in text
    assert len(re.findall("<tr><td", text)) == MOST_EXAMPLES


def test_baselines_stand_beside_the_system(tmp_path):
    text = Page(content(text_result(), tmp_path, baselines=[text_result(30, system="nearest neighbour")])).text
    assert text.count("nearest neighbour") == 3  # scores, published numbers, and a note that it has fewer rows
    assert "nearest neighbour was scored on 30 rows, ours on 40." in text


def test_a_baseline_of_another_task_is_refused(tmp_path):
    with pytest.raises(ValueError, match="baseline 'ours': got task 'qm9', expected 'description-chebi20'"):
        content(text_result(), tmp_path, baselines=[number_result()])


def test_a_report_of_many_rows_stays_small(tmp_path):
    long = " ".join(["an organic molecule with a long description"] * 10)
    assert len(content(text_result(3300, prediction=long), tmp_path)) < 3_000_000


@pytest.mark.parametrize("make", [text_result, smiles_result, number_result, yes_no_result])
def test_a_single_row_is_enough(make, tmp_path):
    assert Page(content(make(1), tmp_path)).unbalanced == []


def test_without_columns_and_ranking_there_are_scores_and_examples(tmp_path):
    result = replace(text_result(), columns={}, ranking=None)
    text = Page(content(result, tmp_path)).text
    assert "First answers" in text
    assert "Effect of size" not in text


def test_scores_that_are_no_numbers_are_dashes(tmp_path):
    result = replace(number_result(4), columns={"absolute_error": np.full(4, np.nan)}, parsed=["", "", "", ""])
    assert "Answers without absolute_error" in content(result, tmp_path)
