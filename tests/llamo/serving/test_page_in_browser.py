"""The page in a real browser, with a tiny random model behind it. Needs a Chromium."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from llamo.explain import explain
from processors.retrieval import CaptionIndex
from tests.llamo.explain.questions import assistant
from tests.llamo.serving.servers import running, tiny_service
from tests.text import model_and_processor

sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install 'llamo[test]'")
ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
KEY = "secret-of-the-test"


@pytest.fixture(scope="module")
def server():
    model, processor = model_and_processor()
    processor.captions = CaptionIndex(["CCO", "CCN"], ["Ethanol.", "Ethylamine."])
    with running(tiny_service(model, processor, answer_tokens=24, default_tokens=24)) as one:
        yield one


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, CHROMIUMS)), playwright.chromium.executable_path)
        if not Path(path).is_file():
            pytest.skip("no Chromium: apt-get install chromium, or run: playwright install chromium")
        one = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield one
        one.close()


@pytest.fixture(scope="module")
def context(browser):
    with browser.new_context() as one:
        yield one


@pytest.fixture
def page(context, server):
    """The page, opened fresh, without a talk; `complaints` are what its console said."""
    one = opened(context, server.url)
    yield one
    complaints = list(one.complaints)
    one.evaluate("localStorage.clear()")
    one.close()
    assert complaints == []


def opened(context, url: str):
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda line: line.type in ("error", "warning") and page.complaints.append(line.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(url)
    return page


def ask(page, question: str):
    page.get_by_label("Question", exact=True).fill(question)
    page.keyboard.press("Enter")


def answered(page, place: int = 0) -> str:
    """The text of an answer, once it is complete."""
    exchange = page.locator(".exchange").nth(place)
    sync_api.expect(exchange).not_to_have_attribute("aria-busy", "true", timeout=20_000)
    return exchange.locator(".answer").inner_text()


def molecules_sent(request) -> list[str]:
    last = request.post_data_json["messages"][-1]["content"]
    return [part["smiles"] for part in last if part["type"] == "molecule"]


def test_the_model_s_name_is_shown(page):
    sync_api.expect(page.locator("#model")).to_have_text("tiny")


def test_a_molecule_is_drawn_while_it_is_written(page):
    page.get_by_label("Molecule, as SMILES").press_sequentially("CCO")
    picture = page.locator("#preview svg")
    sync_api.expect(picture).to_have_attribute("aria-label", "CCO")
    color = "node => getComputedStyle(node).stroke"
    assert page.locator("#preview path").first.evaluate(color) not in ("none", "")


def test_an_answer_comes_in_pieces_and_is_what_the_server_says(page, server):
    page.get_by_label("Molecule, as SMILES").fill(ASPIRIN)
    page.evaluate(
        """() => {
          window.lengths = new Set();
          new MutationObserver(() => window.lengths.add(document.querySelector(".answer")?.textContent.length))
            .observe(document.querySelector("#talk"), { childList: true, subtree: true, characterData: true });
        }"""
    )
    ask(page, "What is it?")
    content = [{"type": "molecule", "smiles": ASPIRIN}, {"type": "text", "text": "What is it?"}]
    alone = server.client().chat.completions.create(model="tiny", messages=[{"role": "user", "content": content}])
    answered(page)
    assert page.locator(".answer").text_content().strip() == alone.choices[0].message.content
    assert page.evaluate("window.lengths.size") > 2


def canvas(page):
    """The editor's drawing area, once it is there."""
    page.get_by_role("button", name="Draw").click()
    area = page.frame_locator("iframe").locator("#editor")
    area.locator("svg").first.wait_for()
    return area


def test_what_is_drawn_with_the_mouse_is_asked_about(page):
    canvas(page).click()  # one bond
    sync_api.expect(page.locator("#sketched")).to_have_text("CC")
    page.get_by_role("button", name="Use").click()
    sync_api.expect(page.get_by_label("Molecule, as SMILES")).to_have_value("CC")
    with page.expect_request("**/v1/chat/completions") as request:
        ask(page, "What is it?")
    assert molecules_sent(request.value) == ["CC"]


def test_the_editor_opens_with_the_molecule_that_was_written(page):
    page.get_by_label("Molecule, as SMILES").fill(ASPIRIN)
    hydroxyl = canvas(page).locator("text", has_text="OH")
    sync_api.expect(hydroxyl).to_have_count(1)
    page.get_by_role("button", name="Cancel").click()
    sync_api.expect(page.get_by_label("Molecule, as SMILES")).to_have_value(ASPIRIN)


def test_the_editor_opens_empty_where_what_was_written_cannot_be_read(page):
    page.get_by_label("Molecule, as SMILES").fill("C1C")
    sync_api.expect(page.locator("#problem")).to_contain_text("unclosed ring")
    canvas(page).click()
    sync_api.expect(page.locator("#sketched")).to_have_text("CC")
    page.complaints.clear()  # of the bad request


def test_the_editor_s_build_for_firefox_starts_too(browser, server):
    with browser.new_context(user_agent=FIREFOX) as context:
        page = opened(context, server.url)
        page.get_by_label("Molecule, as SMILES").fill(ASPIRIN)
        sync_api.expect(canvas(page).locator("text", has_text="OH")).to_have_count(1)


def test_the_editor_reaches_neither_the_page_nor_the_server(page):
    canvas(page)
    frame = page.frames[-1]
    assert (
        frame.evaluate("() => { try { return String(parent.document) } catch (error) { return error.name } }")
        == "SecurityError"
    )
    assert frame.evaluate("() => fetch('/v1/models').then(() => 'through', () => 'blocked')") == "blocked"
    page.complaints.clear()  # of the attempt


def test_a_bad_molecule_is_told_beside_its_field_and_not_sent(page):
    page.get_by_label("Molecule, as SMILES").fill("C1C")
    ask(page, "What is it?")
    sync_api.expect(page.locator("#problem")).to_contain_text("unclosed ring")
    sync_api.expect(page.get_by_label("Molecule, as SMILES")).to_be_focused()
    assert page.locator(".exchange").count() == 0
    assert [line for line in page.complaints if "400 (Bad Request)" not in line] == []
    page.complaints.clear()


def test_several_molecules_go_into_one_question(page):
    field = page.get_by_label("Molecule, as SMILES")
    for smiles in ("CCO", "CCN"):
        field.fill(smiles)
        field.press("Enter")
        sync_api.expect(field).to_have_value("")
    field.fill("CCC")
    page.get_by_role("button", name="Remove CCN").click()
    with page.expect_request("**/v1/chat/completions") as request:
        ask(page, "Compare them.")
    assert molecules_sent(request.value) == ["CCO", "CCC"]


def test_a_talk_goes_on_outlives_a_reload_and_can_be_cleared(page):
    page.get_by_label("Molecule, as SMILES").fill("CCO")
    ask(page, "First?")
    first = answered(page)
    page.reload()
    assert answered(page) == first
    with page.expect_request("**/v1/chat/completions") as request:
        ask(page, "Second?")
    assert [message["role"] for message in request.value.post_data_json["messages"]] == ["user", "assistant", "user"]
    answered(page, 1)
    page.get_by_role("button", name="Clear talk").click()
    page.reload()
    assert page.locator(".exchange").count() == 0


def test_an_answer_can_be_stopped(page):
    page.route("**/v1/chat/completions", lambda route: None)  # never answered
    ask(page, "What is it?")
    page.get_by_role("button", name="Stop").click()
    sync_api.expect(page.locator(".note")).to_have_text("Stopped.")
    sync_api.expect(page.get_by_role("button", name="Send")).to_be_visible()


def test_a_question_that_is_refused_can_be_asked_again(page):
    refusal = {"error": {"message": "all places in the queue are taken; try again later", "code": "queue_full"}}
    page.route("**/v1/chat/completions", lambda route: route.fulfill(status=429, json=refusal))
    page.get_by_label("Molecule, as SMILES").fill("CCO")
    ask(page, "What is it?")
    sync_api.expect(page.locator(".note")).to_contain_text("all places in the queue are taken")
    page.unroute_all()
    with page.expect_request("**/v1/chat/completions") as request:
        page.get_by_role("button", name="Send").click()
    assert molecules_sent(request.value) == ["CCO"]
    assert len(request.value.post_data_json["messages"]) == 1
    page.complaints.clear()  # of the refusal


def test_escape_closes_the_editor_also_from_inside(page):
    canvas(page).click()
    page.keyboard.press("Escape")
    sync_api.expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_question_needs_no_mouse(page):
    page.get_by_label("Molecule, as SMILES").focus()
    page.keyboard.type("CCO")
    for _ in range(3):  # over Add and Draw
        page.keyboard.press("Tab")
    page.keyboard.type("What is it?")
    page.keyboard.press("Enter")
    answered(page)
    sync_api.expect(page.get_by_label("Question", exact=True)).to_be_focused()


def test_nothing_is_wider_than_the_screen(page):
    page.get_by_label("Molecule, as SMILES").fill(ASPIRIN)
    ask(page, "word" * 100)
    answered(page)
    explained(page)
    for width in (1280, 360, 320):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.querySelector('main').scrollWidth") <= width


def explained(page):
    """The explanation of the first answer, once it is there."""
    page.get_by_role("button", name="Explain").click()
    view = page.locator(".explanation")
    view.wait_for(timeout=20_000)
    return view


def answer_given(page, text: str, smiles: str = "OCC"):
    """Asks about a molecule and lets the server answer this."""
    chunk = {"choices": [{"delta": {"content": text}, "finish_reason": None}]}
    last = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in (chunk, last)) + "data: [DONE]\n\n"
    page.route("**/v1/chat/completions", lambda route: route.fulfill(body=body, content_type="text/event-stream"))
    page.get_by_label("Molecule, as SMILES").fill(smiles)
    ask(page, "What is it?")
    answered(page)


def shares(page) -> list[float]:
    """How strongly each atom is coloured, the strongest 1."""
    found = page.locator(".explanation .atom").evaluate_all(
        "circles => circles.map((circle) => [circle.dataset.atom, circle.getAttribute('fill-opacity')])"
    )
    return [float(opacity) / 0.75 for _, opacity in sorted((int(atom), opacity) for atom, opacity in found)]


def strengths(values) -> list[float]:
    return (np.abs(values) / np.abs(values).max()).tolist()


@pytest.fixture(scope="module")
def alone():
    """What `llamo.explain` says of the same answer."""
    return explain(assistant(), "OCC", "What is it?", answer="an alcohol").molecules[0]


def test_a_word_that_is_pointed_at_or_tabbed_to_colours_its_atoms(page, alone):
    answer_given(page, "an alcohol")
    explained(page)
    sync_api.expect(page.locator(".answer")).to_be_hidden()
    assert shares(page) == pytest.approx(strengths(alone.values("graph alone")), abs=1e-2)
    page.get_by_role("button", name="alcohol", exact=True).hover()
    assert shares(page) == pytest.approx(strengths(alone.values("graph alone", word=1)), abs=1e-2)
    page.mouse.move(0, 0)
    page.get_by_role("button", name="whole answer").focus()
    page.keyboard.press("Tab")
    sync_api.expect(page.get_by_role("button", name="an", exact=True)).to_be_focused()
    assert shares(page) == pytest.approx(strengths(alone.values("graph alone", word=0)), abs=1e-2)
    page.get_by_role("button", name="Hide explanation").press("Enter")
    sync_api.expect(page.locator(".answer")).to_have_text("an alcohol")


def test_attention_is_shown_in_sum_and_by_level(page, alone):
    answer_given(page, "an alcohol")
    explained(page)
    page.get_by_label("attention", exact=True).check()
    assert shares(page) == pytest.approx(strengths(alone.values("attention")), abs=1e-2)
    page.get_by_label("What attention went to").select_option("1")
    levels = np.array([level == 1 for level in alone.attention.levels])
    by_level = alone.attention.word_tokens()[:, levels] @ alone.attention.atoms.mean(1)[levels]
    assert shares(page) == pytest.approx(strengths(by_level.mean(0)), abs=1e-2)


def test_an_explanation_that_is_refused_is_told_and_one_that_runs_can_be_stopped(page):
    answer_given(page, "x" * 300)
    page.get_by_role("button", name="Explain").click()
    sync_api.expect(page.locator(".told")).to_contain_text("it has 301 tokens, at most 256")
    page.complaints.clear()  # of the refusal
    page.route("**/v1/explanations", lambda route: None)  # never answered
    page.get_by_role("button", name="Explain").click()
    page.get_by_role("button", name="Stop").click()
    sync_api.expect(page.get_by_role("button", name="Explain")).to_be_visible()
    sync_api.expect(page.locator(".told")).to_have_text("")


def test_an_answer_about_no_molecule_has_no_explanation(page):
    ask(page, "What is it?")
    answered(page)
    assert page.get_by_role("button", name="Explain").count() == 0


def test_a_switch_asks_for_captions_and_its_explanation_does_too(page):
    page.get_by_label("With descriptions of similar molecules").check()
    page.get_by_label("Molecule, as SMILES").fill("CCO")
    with page.expect_request("**/v1/chat/completions") as request:
        ask(page, "What is it?")
    assert request.value.post_data_json["retrieve"] == 3
    answered(page)
    page.get_by_label("With descriptions of similar molecules").uncheck()
    with page.expect_request("**/v1/explanations") as request:
        explained(page)
    assert request.value.post_data_json["retrieve"] == 3


def test_the_page_of_llamo_explain_colours_atoms_too(browser, alone, tmp_path):
    path = explain(assistant(), "OCC", "What is it?", answer="an alcohol").save(tmp_path)
    with browser.new_context() as context:
        page = opened(context, path.as_uri())
        page.get_by_role("button", name="alcohol", exact=True).hover()
        assert shares(page) == pytest.approx(strengths(alone.values("graph alone", word=1)), abs=1e-2)
        assert page.complaints == []


def test_a_key_is_asked_for_only_where_the_server_wants_one(page, browser):
    sync_api.expect(page.locator("#key-form")).to_be_hidden()
    sync_api.expect(page.locator("#captions")).to_be_visible()
    with running(tiny_service(), key=KEY) as locked, browser.new_context() as context:
        other = opened(context, locked.url)
        other.get_by_label("This server asks for a key").fill("wrong")
        other.keyboard.press("Enter")
        sync_api.expect(other.locator("#key-problem")).to_contain_text("wrong or missing API key")
        other.get_by_label("This server asks for a key").fill(KEY)
        other.keyboard.press("Enter")
        sync_api.expect(other.locator("#key-form")).to_be_hidden()
        sync_api.expect(other.locator("#examples svg").first).to_be_visible()
        sync_api.expect(other.locator("#captions")).to_be_hidden()  # this model has none
