"""The page is one file that loads nothing, and no text of the user can leave its place."""

import json
import re

import pytest

from llamo.explain import explain
from tests.llamo.evaluation.report.html import Page
from tests.llamo.explain.questions import assistant

ATTACK = "</script><script>alert('x')</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def page() -> str:
    return explain(assistant(), "CCO", ATTACK, answer=f"{ATTACK} \u2028").to_html()


def test_it_is_whole_and_names_no_address(page):
    read = Page(page)
    assert read.unbalanced == []
    assert not any({"src", "href", "data", "action"} & set(attributes) for _, attributes in read.elements)
    assert "@import" not in page and "url(" not in page and "default-src 'none'" in page


def test_texts_are_escaped(page):
    tags = [tag for tag, _ in Page(page).elements]
    assert "img" not in tags and tags.count("script") == 2


def test_its_data_is_the_explanations(page):
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert data["question"] == ATTACK and list(data["molecules"][0]["quantities"])[-1] == "attention"


def test_every_word_and_group_is_a_button(page):
    assert len(re.findall(r'<button type="button" class="word', page)) == 1 + len(f"{ATTACK} \u2028".split()) + 1
    assert page.count('class="motif"') == 2


def test_without_attention_there_is_no_table_of_tokens():
    bare = explain(assistant(), "C", answer="x", attention=False, left_out=None).to_html()
    assert "<table" not in bare and "<circle" in bare
