"""Model folders that are damaged in one place: each is refused in one line that names the file."""

import pytest
from typer.testing import CliRunner

from llamo import cli
from llamo.assistant import Assistant
from llamo.convert.reverse import read_weights
from tests.damaged_folders.damages import DAMAGE, WEIGHTS, shard_named


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_folder_is_refused_in_one_line(name, folder):
    damage, told = DAMAGE[name]
    damage(folder)
    with pytest.raises((ValueError, OSError), match=told) as caught:
        Assistant.load(folder, device="cpu")
    assert str(folder) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "command", [["describe", "CCO"], ["embed", "CCO", "--json"], ["explain", "CCO"], ["chat", "CCO"]]
)
def test_commands_say_it_in_one_line(command, folder, monkeypatch, capsys):
    DAMAGE["weights: half"][0](folder)
    told = CliRunner().invoke(cli.app, [*command, "--model", str(folder)])
    assert isinstance(told.exception, ValueError | OSError)
    assert "model.safetensors is damaged" in str(told.exception)


def test_the_server_does_not_start_with_it(folder):
    DAMAGE["weights: no projector"][0](folder)
    told = CliRunner().invoke(cli.app, ["serve", str(folder)])
    assert isinstance(told.exception, ValueError) and "lacks model.projector" in str(told.exception)


def test_no_export_reads_outside_of_the_folder(folder, tmp_path):
    shard_named(f"../{WEIGHTS}")(folder)
    with pytest.raises(ValueError, match="which is outside of the folder"):
        read_weights(folder)


def test_no_export_is_made_of_damaged_weights(folder):
    DAMAGE["weights: half"][0](folder)
    with pytest.raises(ValueError, match="safetensors is damaged"):
        read_weights(folder)
