"""Pictures of molecules over HTTP."""

from xml.etree import ElementTree

import httpx2 as httpx
import pytest

from tests.llamo.serving.servers import running, tiny_service


@pytest.fixture(scope="module")
def server():
    with running(tiny_service(max_atoms=200)) as one:
        yield one


def drawn(server, smiles: str) -> httpx.Response:
    return httpx.get(f"{server.url}/draw", params={"smiles": smiles})


@pytest.mark.parametrize(
    "smiles", ["CCO", "C[N+](C)(C)CC(=O)[O-]", "C[C@H](N)C(=O)O", "F/C=C/Cl", "[Na+].[Cl-]", " c1ccccc1S "]
)
def test_a_picture_is_svg_without_styles_that_a_strict_policy_would_drop(server, smiles):
    answer = drawn(server, smiles)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    root = ElementTree.fromstring(answer.text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg" and len(root)
    assert "var(--" in answer.text
    assert not [node for node in root.iter() if "style" in node.attrib]


def test_a_label_holds_the_smiles_as_text(server):
    root = ElementTree.fromstring(drawn(server, "C/C=C\\C").text)
    assert root.attrib["aria-label"] == "C/C=C\\C"


@pytest.mark.parametrize(
    ("smiles", "words"), [("C1C", "unclosed ring"), ("", "it is empty"), ("C>>O", "cannot read"), ("C" * 201, "200")]
)
def test_a_molecule_that_may_not_be_asked_about_is_not_drawn(server, smiles, words):
    answer = drawn(server, smiles)
    assert answer.status_code == 400 and words in answer.json()["error"]["message"]


def test_a_molecule_too_large_for_a_picture_is_told_apart(server):
    answer = drawn(server, "C" * 150)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "no_picture")


def test_no_smiles_at_all_is_a_mistake(server):
    answer = httpx.get(f"{server.url}/draw")
    assert answer.status_code == 400 and "smiles" in answer.json()["error"]["message"]


def test_pictures_need_the_key_where_there_is_one():
    with running(tiny_service(), key="secret") as server:
        assert drawn(server, "CCO").status_code == 401


def test_a_picture_takes_a_place_like_other_requests():
    with running(tiny_service(max_batch=1, queue=0)) as server:
        assert drawn(server, "CCO").status_code == 200  # and gives its place back
        server.service.engine.reserve()
        assert drawn(server, "CCO").status_code == 429
        server.service.engine.release()
