"""Pictures of molecules."""

import pytest

from llamo.chat.drawing import draw_file, draw_text


def test_a_molecule_is_drawn_in_braille_no_wider_than_asked():
    lines = draw_text("c1ccccc1O", width=40).splitlines()
    assert max(map(len, lines)) <= 40
    assert all(0x2800 <= ord(letter) < 0x2900 for line in lines for letter in line)
    assert sum(letter != "\u2800" for line in lines for letter in line) > 30


def test_other_molecules_look_otherwise():
    assert draw_text("c1ccccc1O") != draw_text("c1ccccc1N")


def test_a_file_is_what_its_ending_says(tmp_path):
    draw_file(["CCO", "CCN"], tmp_path / "two.svg")
    draw_file(["CCO"], tmp_path / "one.png")
    assert "</svg>" in (tmp_path / "two.svg").read_text()
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match=r"pictures are .svg or .png; rename it"):
        draw_file(["CCO"], tmp_path / "one.gif")
