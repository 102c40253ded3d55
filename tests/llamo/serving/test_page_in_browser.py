"""The page in a real browser, with a tiny random model behind it. Needs playwright and a Chromium."""

import shutil
from pathlib import Path

import pytest

from tests.llamo.serving.servers import running, tiny_service

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
KEY = "secret-of-the-test"


@pytest.fixture(scope="module")
def server():
    with running(tiny_service(answer_tokens=24, default_tokens=24)) as one:
        yield one


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        path = shutil.which("chromium") or playwright.chromium.executable_path
        if not Path(path).is_file():
            pytest.skip("no Chromium: install chromium, or run: playwright install chromium")
        one = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield one
        one.close()


@pytest.fixture
def page(browser, server):
    """The page, opened fresh; `complaints` are what its console said."""
    with browser.new_context() as context:
        one = opened(context, server)
        yield one
        assert one.complaints == []


def opened(context, server):
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda line: line.type in ("error", "warning") and page.complaints.append(line.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(server.url)
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
        page = opened(context, server)
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


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_is_wider_than_the_screen(page, width):
    page.set_viewport_size({"width": width, "height": 640})
    page.get_by_label("Molecule, as SMILES").fill(ASPIRIN * 4)
    ask(page, "word" * 100)
    answered(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('main').scrollWidth") <= width


def test_a_key_is_asked_for_only_where_the_server_wants_one(page, browser):
    sync_api.expect(page.locator("#key-form")).to_be_hidden()
    with running(tiny_service(), key=KEY) as locked, browser.new_context() as context:
        other = opened(context, locked)
        other.get_by_label("This server asks for a key").fill("wrong")
        other.keyboard.press("Enter")
        sync_api.expect(other.locator("#key-problem")).to_contain_text("wrong or missing API key")
        other.get_by_label("This server asks for a key").fill(KEY)
        other.keyboard.press("Enter")
        sync_api.expect(other.locator("#key-form")).to_be_hidden()
        sync_api.expect(other.locator("#examples svg").first).to_be_visible()
