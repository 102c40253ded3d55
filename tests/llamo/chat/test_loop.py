"""The loop of a talk, without a terminal."""

import signal

import pytest

from llamo.assistant import Assistant
from llamo.chat.loop import Chat
from tests.text import model_and_processor


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant(*model_and_processor(seed=1))


def talk(assistant, *lines, write=None, **options):
    """A talk of these lines, and what was shown; a line may be an exception that reading it raises."""
    shown: list[str] = []
    left = iter([*lines, EOFError()])

    def read(prompt: str) -> str:
        line = next(left)
        if isinstance(line, BaseException):
            raise line
        return line

    chat = Chat(assistant, read=read, write=write or shown.append, **{"max_new_tokens": 6, **options})
    chat.run()
    return chat.talk, "".join(shown)


def test_an_answer_is_that_of_the_same_question_asked_alone(assistant):
    said, shown = talk(assistant, "!mol CCO", "Rings?")
    (reply,) = assistant.ask(["CCO"], "Rings?", max_new_tokens=6)
    assert reply.text and said.messages[-1] == {"role": "assistant", "content": reply.text} and reply.text in shown


def test_a_later_question_is_asked_behind_the_earlier_ones(assistant):
    prompts = []
    original = assistant.processor.apply_chat_template

    def record(conversations, **options):
        prompts.append(original(conversations, add_generation_prompt=True)[0])
        return original(conversations, **options)

    assistant.processor.apply_chat_template = record
    try:
        said, _ = talk(assistant, "!mol CCO", "!mol CCN", "Compare.", "Why?")
    finally:
        del assistant.processor.apply_chat_template
    assert prompts[1].startswith(prompts[0]) and prompts[1].count("<graph>") == 2 and "Why?" in prompts[1]
    assert [message["role"] for message in said.messages] == ["user", "assistant"] * 2


def test_ctrl_c_stops_the_answer_and_keeps_the_talk(assistant):
    pieces: list[str] = []

    def write(text: str):
        stop = pieces[-2:-1] == ["llamo> "]
        pieces.append(text)
        if stop:
            signal.raise_signal(signal.SIGINT)

    said, _ = talk(assistant, "!mol CCO", "Rings?", "And now?", write=write, max_new_tokens=40)
    whole = assistant.ask(["CCO"], "Rings?", max_new_tokens=40)[0].text
    answer = said.messages[1]["content"]
    assert answer and whole.startswith(answer) and len(answer) < len(whole)
    assert " (stopped)\n" in pieces and len(said.messages) == 4


def test_a_second_ctrl_c_leaves_the_answer_at_once(assistant):
    def write(text: str):
        if text.strip() and not text.startswith(("llamo", "Ask", "molecules", "\nstopped")):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    said, _ = talk(assistant, "!mol CCO", "Rings?", write=write, max_new_tokens=40)
    assert said.messages == [] and signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_at_the_prompt_ends_nothing(assistant):
    said, shown = talk(assistant, KeyboardInterrupt(), "Rings?")
    assert "Ctrl-D leaves." in shown and len(said.messages) == 2


def test_a_mistake_is_told_and_the_talk_goes_on(assistant):
    said, shown = talk(assistant, "!mol C1CC", "!what", "!draw", "!save", "!load nowhere.json", "", "Rings?")
    errors = [line for line in shown.splitlines() if line.startswith("! ")]
    assert [error.split()[1] for error in errors] == ["cannot", "there", "there", "which", "nowhere.json:"]
    assert len(said.messages) == 2


def test_a_talk_too_long_for_the_model_is_told(assistant):
    said, shown = talk(assistant, "?" * 5000, "Rings?")
    assert "begin a !new one" in shown and len(said.messages) == 2


def test_a_talk_goes_on_after_it_was_saved(assistant, tmp_path):
    file = tmp_path / "talk.json"
    first, _ = talk(assistant, "!mol CCO", "Rings?", f"!save {file}", "Why?")
    again, shown = talk(assistant, "Hello?", f"!load {file}", "Why?")
    assert again == first and "you> CCO Rings?" in shown


def test_a_talk_is_not_saved_over_another_file(assistant, tmp_path):
    file = tmp_path / "mine.txt"
    file.write_text("mine")
    _, shown = talk(assistant, f"!save {file}")
    assert "this is no saved talk" in shown and file.read_text() == "mine"


def test_molecules_are_named_drawn_and_forgotten(assistant, tmp_path):
    file = tmp_path / "two.svg"
    said, shown = talk(assistant, "!mol caffeine", "!mol CCO", "!draw", f"!draw {file}", "!new", "!mol")
    assert "Cn1c(=O)c2c(ncn2C)n(C)c1=O, CCO" in shown and "\u2800" in shown and file.exists()
    assert said.molecules == [] and "so far: none" in shown


def test_help_names_every_command(assistant):
    _, shown = talk(assistant, "!help")
    assert all(f"\n{name} " in f"\n{shown}" for name in ("!mol", "!draw", "!save", "!load", "!new", "!help"))
