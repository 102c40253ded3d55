"""WordNet is found where it is, read as NLTK reads it, and asked for in one line where it is not."""

import random
import zipfile

import pytest

from llamo.metrics import wordnet
from llamo.metrics.wordnet import FILES, find_wordnet
from tests.llamo.metrics.wordnet_files import INSTALLED, needs_wordnet, nltk_reader, words_of, write_wordnet

FORMS = (
    *("car", "autos", "ACID", "lsd", "algae", "matrices", "classes", "was", "wat", "melted", "melting", "sorts"),
    *("bigger", "largest", "asleep", "dormant", "fast", "motor_car", "unknown", "", "##ing", "(p)"),
)


@pytest.fixture
def folder(tmp_path):
    return write_wordnet(tmp_path / "small")


@pytest.fixture
def nowhere(monkeypatch):
    """No WordNet is installed."""
    monkeypatch.delenv("LLAMO_WORDNET", raising=False)
    monkeypatch.setattr("nltk.data.path", [])
    monkeypatch.setattr(wordnet, "DEBIAN", wordnet.DEBIAN / "absent")


def test_a_word_has_the_words_of_all_its_meanings(folder):
    assert words_of(find_wordnet(folder).synsets("acid")) == [["acid"], ["acid", "LSD"]]


def test_a_word_may_be_several_parts_of_speech(folder):
    assert words_of(find_wordnet(folder).synsets("class")) == [["class", "category"], ["class", "sort"]]


def test_case_does_not_matter(folder):
    assert words_of(find_wordnet(folder).synsets("CAR")) == [["car", "auto", "motor_car"]]


@pytest.mark.parametrize(("form", "base"), [("cars", "car"), ("melted", "melt"), ("melting", "melt"), ("biggest", "")])
def test_endings_are_taken_off(folder, form, base):
    known = find_wordnet(folder)
    assert words_of(known.synsets(form)) == words_of(known.synsets(base))


def test_irregular_forms_are_listed(folder):
    assert words_of(find_wordnet(folder).synsets("algae")) == [["alga"]]


def test_marks_of_adjectives_are_no_part_of_the_word(folder):
    assert words_of(find_wordnet(folder).synsets("asleep")) == [["asleep", "dormant"]]


def test_an_unknown_word_has_no_meaning(folder):
    assert find_wordnet(folder).synsets("xanthurenate") == []


def test_the_version_is_that_of_the_licence(folder):
    assert find_wordnet(folder).version == "3.0"


def test_a_version_that_is_not_said_is_unknown(folder):
    (folder / "data.adj").write_text("")
    assert find_wordnet(folder).version == "of unknown version"


def test_all_is_as_nltk_reads_it(folder, tmp_path, monkeypatch):
    theirs = nltk_reader(folder, tmp_path / "copy", monkeypatch)
    ours = find_wordnet(folder)
    assert {form: words_of(ours.synsets(form)) for form in FORMS} == {
        form: words_of(theirs.synsets(form)) for form in FORMS
    }


def test_a_zip_as_nltk_downloads_it_is_read(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "wordnet.zip", "w") as packed:
        for name in FILES:
            packed.write(folder / name, f"wordnet/{name}")
    assert words_of(find_wordnet(tmp_path / "wordnet.zip").synsets("autos")) == [["car", "auto", "motor_car"]]


def test_the_environment_names_the_folder(folder, nowhere, monkeypatch):
    monkeypatch.setenv("LLAMO_WORDNET", str(folder))
    assert find_wordnet().folder == folder


def test_a_path_goes_before_the_environment(folder, monkeypatch):
    monkeypatch.setenv("LLAMO_WORDNET", "/absent")
    assert find_wordnet(folder).folder == folder


def test_nltk_data_is_found(nowhere, tmp_path, monkeypatch):
    monkeypatch.setattr("nltk.data.path", [str(tmp_path)])
    folder = write_wordnet(tmp_path / "corpora" / "wordnet")
    assert find_wordnet().folder == folder


def test_debian_s_package_is_found(folder, nowhere, monkeypatch):
    monkeypatch.setattr(wordnet, "DEBIAN", folder)
    assert find_wordnet().folder == folder


def test_without_wordnet_the_ways_out_are_named_in_one_line(nowhere):
    with pytest.raises(
        ValueError, match=r"apt-get install wordnet-base.*nltk.downloader wordnet.*LLAMO_WORDNET"
    ) as caught:
        find_wordnet()
    assert "\n" not in str(caught.value)


def test_missing_files_are_named(folder):
    (folder / "verb.exc").unlink()
    with pytest.raises(ValueError, match=r"small is not WordNet, it lacks verb\.exc; install it"):
        find_wordnet(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match="absent is not WordNet, it lacks"):
        find_wordnet(tmp_path / "absent")


@needs_wordnet
def test_the_real_wordnet_is_as_nltk_reads_it(tmp_path, monkeypatch):
    theirs, ours = nltk_reader(INSTALLED, tmp_path / "copy", monkeypatch), find_wordnet(INSTALLED)
    words = random.Random(0).sample(sorted(theirs._lemma_pos_offset_map), 500)
    forms = [word + ending for word in words for ending in ("", "s", "es", "ed", "ing", "er", "ies", "men")]
    assert [form for form in forms if words_of(ours.synsets(form)) != words_of(theirs.synsets(form))] == []
