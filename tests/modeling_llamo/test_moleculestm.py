"""Encoders in MoleculeSTM's layout: their weights arrive, survive, and what does not fit is named."""

import pytest
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from configuration import LlamoGraphConfig
from modeling_llamo import LlamoForConditionalGeneration, LlamoGraphEncoder
from modeling_llamo.moleculestm import translate
from tests.tiny import TEXT_CONFIG, random_graphs, tiny_config, tiny_model

PREFIX = "molecule_node_model."


def theirs(encoder: LlamoGraphEncoder, prefix: str = PREFIX) -> dict[str, torch.Tensor]:
    """The encoder's weights under MoleculeSTM's names."""
    return {prefix + str(translate(name, reverse=True)): tensor for name, tensor in encoder.state_dict().items()}


@pytest.mark.parametrize("kind", ["pth", "safetensors", "lightning"])
@pytest.mark.parametrize("chirality", [4, 5])
def test_weights_arrive_whatever_the_container(tmp_path, kind, chirality):
    sizes = [119, chirality, 12, 12, 10, 6, 6, 2, 2]
    encoder = LlamoGraphEncoder(LlamoGraphConfig(hidden_size=8, num_hidden_layers=3, atom_vocab_sizes=sizes)).eval()
    path = tmp_path / f"encoder.{'safetensors' if kind == 'safetensors' else 'pth'}"
    if kind == "safetensors":
        save_file(theirs(encoder), path)
    else:
        torch.save(theirs(encoder, "") if kind == "pth" else {"state_dict": theirs(encoder)}, path)
    loaded = LlamoGraphEncoder.from_moleculestm(path)
    assert loaded.config.atom_vocab_sizes == sizes
    for name, tensor in encoder.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor), name
    graphs = {name: value for name, value in random_graphs([5, 3]).items() if "motif" not in name}
    assert torch.equal(loaded(**graphs).last_hidden_state, encoder(**graphs).last_hidden_state)


def test_weights_survive_becoming_part_of_a_model_saving_and_loading(tmp_path):
    encoder = tiny_model().model.graph_encoder
    torch.save(theirs(encoder), tmp_path / "encoder.pth")
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    text_model = AutoModelForCausalLM.from_config(tiny_config(text=TEXT_CONFIG).text_config)
    loaded = LlamoGraphEncoder.from_moleculestm(tmp_path / "encoder.pth")
    model = LlamoForConditionalGeneration.from_components(text_model, loaded, {"mlp_depth": 1})
    model.save_pretrained(tmp_path / "model")
    again = LlamoForConditionalGeneration.from_pretrained(tmp_path / "model")
    for name, tensor in before.items():
        assert torch.equal(again.model.graph_encoder.state_dict()[name], tensor), name


def test_what_does_not_fit_is_named(tmp_path):
    good = theirs(tiny_model().model.graph_encoder)
    lost = dict(good)
    del lost[f"{PREFIX}gnns.1.eps"]
    wrong = {**good, f"{PREFIX}gnns.1.eps": torch.zeros(2)}
    for number, (weights, message) in enumerate(
        [
            (lost, r"lacks tensors.*layers\.1\.eps"),
            (wrong, r"layers\.1\.eps has shape \(2,\), expected \(1,\)"),
            ({**good, f"{PREFIX}pool.weight": torch.zeros(1)}, r"without a place.*pool\.weight"),
            ({"x": torch.zeros(1)}, "no MoleculeSTM encoder"),
            (
                {name: tensor for name, tensor in good.items() if "atom_embedding_list.8" not in name},
                r"lacks tensors: atom_encoder\.atom_embedding_list\.8\.weight",
            ),
        ]
    ):
        path = tmp_path / f"{number}.pth"
        torch.save(weights, path)
        with pytest.raises(ValueError, match=message):
            LlamoGraphEncoder.from_moleculestm(path)


@pytest.mark.parametrize("chirality", [3, 6])
def test_chirality_tables_of_other_sizes_are_refused(tmp_path, chirality):
    sizes = [119, chirality, 12, 12, 10, 6, 6, 2, 2]
    encoder = LlamoGraphEncoder(LlamoGraphConfig(hidden_size=8, num_hidden_layers=1, atom_vocab_sizes=sizes))
    torch.save(theirs(encoder), tmp_path / "encoder.pth")
    message = rf"atom_embedding_list\.1\.weight .*\(chirality\) has {chirality} rows, expected 4 .* or 5"
    with pytest.raises(ValueError, match=message):
        LlamoGraphEncoder.from_moleculestm(tmp_path / "encoder.pth")


@pytest.mark.parametrize("chirality", [4, 5])
def test_every_row_of_the_chirality_table_is_read_and_no_other(tmp_path, chirality):
    sizes = [119, chirality, 12, 12, 10, 6, 6, 2, 2]
    encoder = LlamoGraphEncoder(LlamoGraphConfig(hidden_size=8, num_hidden_layers=1, atom_vocab_sizes=sizes))
    torch.save(theirs(encoder), tmp_path / "encoder.pth")
    loaded = LlamoGraphEncoder.from_moleculestm(tmp_path / "encoder.pth")
    graphs = {name: value for name, value in random_graphs([1] * chirality).items() if "motif" not in name}
    graphs["graph_node_ids"][:] = 0
    graphs["graph_node_ids"][:, 1] = torch.arange(chirality)
    atoms = loaded(**graphs).hidden_states[0]
    table = loaded.get_parameter("atom_embedding.tables.1.weight")
    torch.testing.assert_close(atoms - atoms[:1], table - table[:1])
    graphs["graph_node_ids"][0, 1] = chirality
    with pytest.raises(IndexError):
        loaded(**graphs)


def test_pickles_that_run_code_are_refused(tmp_path):
    class Trap:
        def __reduce__(self):
            return (print, ("the trap ran",))

    torch.save({"state_dict": Trap()}, tmp_path / "trap.pth")
    with pytest.raises(ValueError, match="more than tensors"):
        LlamoGraphEncoder.from_moleculestm(tmp_path / "trap.pth")
