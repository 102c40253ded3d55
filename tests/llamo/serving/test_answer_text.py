"""Text while its tokens come."""

import pytest

from llamo.serving.answer_text import AnswerText
from tests.text import byte_tokenizer


def pieces(text: str, stops=()) -> tuple[list[str], str, bool]:
    tokenizer = byte_tokenizer()
    answer, ids = AnswerText(tokenizer, stops), tokenizer.encode(text)
    shown, taken = [], []
    for token in ids:
        taken.append(token)
        shown.append(answer.add(token))
        if answer.is_stopped:
            break
    whole, rest = answer.finish(taken)
    return [*shown, rest], whole, answer.is_stopped


@pytest.mark.parametrize("text", ["Ethanol is an alcohol.", "  naïve β-D-glucose \n", "a\n\nb", "", "µ"])
def test_pieces_make_the_whole_text_without_white_space_around_it(text):
    shown, whole, _ = pieces(text)
    assert "".join(shown) == whole == text.strip()


def test_no_piece_has_half_a_letter():
    assert not any("\ufffd" in piece for piece in pieces("β-lactam")[0])


@pytest.mark.parametrize("stop", [["alco"], ["zzz", " an"], ["."]])
def test_text_ends_before_the_first_stop(stop):
    text = "Ethanol is an alcohol."
    shown, whole, is_stopped = pieces(text, stop)
    assert is_stopped
    assert "".join(shown) == whole == min((text.partition(one)[0] for one in stop), key=len).strip()


def test_the_beginning_of_a_stop_that_does_not_come_is_shown_in_the_end():
    shown, whole, is_stopped = pieces("a stomach", ["stop"])
    assert ("".join(shown), is_stopped) == (whole, False)


def test_a_tokenizer_in_python_gives_the_same():
    tokenizer = byte_tokenizer()

    class Slow:
        def decode(self, ids, **options):
            return tokenizer.decode(ids, **options)

    answer, ids = AnswerText(Slow()), tokenizer.encode("β-lactam")
    assert "".join([answer.add(token) for token in ids] + [answer.finish(ids)[1]]) == "β-lactam"
