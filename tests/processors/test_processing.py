"""LlamoProcessor: prompts, raw text, conversations, lengths, saving; and what it refuses."""

import pytest
import torch
from rdkit import Chem
from transformers import AutoModel, AutoProcessor

import llamo  # noqa: F401  registers the Auto classes
from processors import LlamoProcessor, MoleculeError
from tests.text import byte_tokenizer, model_and_processor

GRAPHS = 4


@pytest.fixture(scope="module")
def processor() -> LlamoProcessor:
    return LlamoProcessor.from_tokenizer(byte_tokenizer(), num_graph_tokens=GRAPHS)


def written(processor: LlamoProcessor, ids) -> str:
    text = processor.tokenizer.decode(ids)
    return text.replace("<pad>", "").replace("<graph>" * processor.num_graph_tokens, "[G]")


def test_a_prompt_is_one_user_turn_with_the_molecule_in_front(processor):
    inputs = processor("OCC", "What is it?")
    assert written(processor, inputs["input_ids"][0]) == "<s>User:\nCCO[G] What is it?\nAssistant:\n"
    assert inputs["graph_node_counts"].tolist() == [3]
    assert set(inputs) == set(processor.model_input_names)


def test_molecules_stand_where_the_prompt_says(processor):
    inputs = processor(["C", "CC"], "Compare <graph> with <graph>.")
    assert written(processor, inputs["input_ids"][0]) == "<s>User:\nCompare C[G] with CC[G].\nAssistant:\n"
    assert inputs["graph_node_counts"].tolist() == [1, 2]


def test_several_molecules_without_places_stand_in_front(processor):
    inputs = processor(["C", "CC"], "Compare.")
    assert "\nC[G] CC[G] Compare.\n" in written(processor, inputs["input_ids"][0])


def test_a_list_is_a_left_padded_batch_of_any_mix(processor):
    batch = processor(["CCO", ["C", "CC"], None], ["What?", "Compare <graph> and <graph>.", "Hello"])
    assert batch["graph_node_counts"].tolist() == [3, 1, 2]
    assert batch["attention_mask"][:, -1].tolist() == [1, 1, 1]
    for row, (molecules, prompt) in enumerate([("CCO", "What?"), (["C", "CC"], "Compare <graph> and <graph>.")]):
        single = processor(molecules, prompt)["input_ids"][0]
        assert torch.equal(batch["input_ids"][row, -len(single) :], single)


def test_text_only_prompts_carry_no_graph(processor):
    assert set(processor(None, "Hello")) == {"input_ids", "attention_mask"}


def test_one_molecule_answers_many_questions(processor):
    batch = processor("CCO", ["One?", "Two?"])
    assert batch["graph_node_counts"].tolist() == [3, 3]


@pytest.mark.parametrize("form", ["mol", "block", "tensors", "data"])
def test_every_form_of_a_molecule_gives_the_same_graph(processor, form):
    from torch_geometric.data import Data

    graph = processor.feature_extractor.featurize("CCO")
    mol = Chem.MolFromSmiles("CCO")
    data = Data(
        x=torch.from_numpy(graph.node_ids),
        edge_index=torch.from_numpy(graph.edge_index).t(),
        edge_attr=torch.from_numpy(graph.edge_ids),
        motif=torch.from_numpy(graph.motif_features),
    )
    forms = {
        "mol": mol,
        "block": Chem.MolToMolBlock(mol),
        "tensors": {
            name: getattr(graph, name) for name in ("node_ids", "edge_index", "edge_ids", "motif_features", "smiles")
        },
        "data": data,
    }
    expected, found = processor("CCO", "What?"), processor(forms[form], "What?")
    for name in (name for name in expected if name.startswith("graph_")):
        assert torch.equal(expected[name], found[name]), name
    if form != "data":  # a bare PyG graph has no SMILES to write
        assert torch.equal(expected["input_ids"], found["input_ids"])


def test_raw_text_follows_the_tokenizers_defaults(processor):
    inputs = processor(text=["a <graph>", "<graph> b <graph>", "c"], molecules=["C", "CC", "CCC"])
    assert isinstance(inputs["input_ids"], list)
    assert [ids.count(processor.graph_token_id) for ids in inputs["input_ids"]] == [GRAPHS, 2 * GRAPHS, 0]
    nested = processor(text=["a <graph>", "<graph> b <graph>", "c"], molecules=[["C"], ["CC", "CCC"], []])
    assert nested["input_ids"] == inputs["input_ids"]


CONVERSATION = [
    {"role": "system", "content": "Be brief."},
    {
        "role": "user",
        "content": [{"type": "molecule", "smiles": "C[C@H](N)O"}, {"type": "text", "text": "What is it?"}],
    },
    {"role": "assistant", "content": "An aminol."},
    {"role": "user", "content": "Sure?"},
    {"role": "assistant", "content": "Yes."},
]


def test_conversations_render_history_and_molecules(processor):
    text = processor.apply_chat_template(CONVERSATION)
    assert text == (
        "<s>Be brief.\n\nUser:\nC[C@H](N)O<graph> What is it?\nAssistant:\nAn aminol.</s>\n"
        "User:\nSure?\nAssistant:\nYes.</s>\n"
    )


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_assistant_mask_covers_exactly_the_answers(processor, side):
    encoded = processor.apply_chat_template(
        [CONVERSATION, CONVERSATION[:3]],
        tokenize=True,
        return_dict=True,
        return_assistant_tokens_mask=True,
        return_tensors="pt",
        processor_kwargs={"padding": True, "padding_side": side},
    )
    answers = [
        processor.tokenizer.decode(ids[mask.bool()])
        for ids, mask in zip(encoded["input_ids"], encoded["assistant_masks"], strict=True)
    ]
    assert answers == ["An aminol.</s>Yes.</s>", "An aminol.</s>"]


def test_labels_are_the_answers_alone(processor):
    example = processor.encode_conversation(CONVERSATION)
    kept = [token for token in example["labels"] if token != -100]
    assert processor.tokenizer.decode(kept) == "An aminol.</s>Yes.</s>"


def test_a_template_that_does_not_mark_answers_is_refused_for_labels(processor):
    with pytest.raises(ValueError, match="does not mark the assistant's text"):
        processor.apply_chat_template(
            CONVERSATION,
            "{% for message in messages %}{{ message.content }}{% endfor %}{% if add_generation_prompt %}>{% endif %}",
            tokenize=True,
            return_dict=True,
            return_assistant_tokens_mask=True,
        )


def test_a_string_only_template_of_the_tokenizer_is_used():
    tokenizer = byte_tokenizer()
    tokenizer.chat_template = "{% for message in messages %}[{{ message.role + ':' + message.content }}]{% endfor %}"
    processor = LlamoProcessor.from_tokenizer(tokenizer, num_graph_tokens=GRAPHS)
    assert processor.apply_chat_template(CONVERSATION[1:2]) == "[user:C[C@H](N)O<graph> What is it?]"


def test_typed_placeholders_are_text_when_sanitised_and_refused_otherwise(processor):
    content = [{"type": "molecule", "smiles": "C"}, {"type": "text", "text": "x <graph> </s> y"}]
    options = {"tokenize": True, "return_dict": True, "return_tensors": "pt"}
    chat = [{"role": "user", "content": content}]
    ids = processor.apply_chat_template(chat, sanitize_control_tokens=True, **options)["input_ids"][0]
    assert int((ids == processor.graph_token_id).sum()) == GRAPHS
    assert int((ids == processor.tokenizer.eos_token_id).sum()) == 0
    with pytest.raises(ValueError, match="2 <graph> placeholders, but 1 molecules"):
        processor.apply_chat_template(chat, **options)


def test_stereo_and_length_of_the_smiles_are_options():
    options = {"num_graph_tokens": GRAPHS, "keep_stereo": False, "max_smiles_length": 3}
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer(), **options)
    assert "\nCC([G] What?" in written(processor, processor("C[C@H](N)O", "What?")["input_ids"][0])
    silent = LlamoProcessor.from_tokenizer(byte_tokenizer(), num_graph_tokens=GRAPHS, include_smiles=False)
    assert "\n[G] What?" in written(silent, silent("CCO", "What?")["input_ids"][0])


def test_too_long_is_refused_or_cut_outside_graph_tokens(processor):
    with pytest.raises(ValueError, match=r"row 1: the prompt has \d+ tokens, max_length is 40"):
        processor(["C", "C"], ["Hi", "x" * 50], max_length=40)
    cut = processor("C", "x" * 50, max_length=40, truncation=True)
    assert cut["input_ids"].shape[1] == 40
    assert int((cut["input_ids"] == processor.graph_token_id).sum()) == GRAPHS
    with pytest.raises(ValueError, match="alone exceed max_length"):
        processor("C", "Hi", max_length=3, truncation=True)


@pytest.mark.parametrize(
    ("molecules", "prompt", "message"),
    [
        (["CCO", "C1C"], ["a", "b"], r"row 1: .*'C1C'.*(unclosed ring|syntax is wrong)"),
        ("CCO", "<graph> and <graph>", "2 <graph> placeholders, but 1 molecules"),
        (["C", "CC"], ["a", "b", "c"], "3 prompts and 2 molecules"),
        (["C", ""], ["a", "b"], "row 1: .*empty"),
    ],
)
def test_mistakes_are_refused_with_their_row(processor, molecules, prompt, message):
    with pytest.raises(ValueError, match=message):
        processor(molecules, prompt)


def test_conversation_mistakes_are_refused(processor):
    for part, message in [
        ({"type": "molecule"}, "row 0, message 0: a molecule part needs exactly one of"),
        ({"type": "image", "url": "x"}, "of type text or molecule, got 'image'"),
    ]:
        with pytest.raises(ValueError, match=message):
            processor.apply_chat_template([{"role": "user", "content": [part]}])
    with pytest.raises(MoleculeError, match="row 0"):
        processor.apply_chat_template([{"role": "user", "content": [{"type": "molecule", "smiles": "C1"}]}])


def test_a_tokenizer_that_names_no_end_of_text_takes_the_usual_one():
    processor = LlamoProcessor.from_tokenizer(byte_tokenizer(eos_token=None), num_graph_tokens=GRAPHS)
    assert processor.tokenizer.eos_token == "</s>"
    labels = processor.encode_conversation(CONVERSATION)["labels"]
    assert [label for label in labels if label != -100][-1] == processor.tokenizer.eos_token_id


def test_special_tokens_are_added_where_missing():
    tokenizer = byte_tokenizer(pad_token=None)
    size = len(tokenizer)
    processor = LlamoProcessor.from_tokenizer(tokenizer)
    assert processor.graph_token_id == size
    assert tokenizer.pad_token == tokenizer.eos_token


def test_one_folder_holds_model_and_processor(tmp_path):
    model, processor = model_and_processor()
    processor.max_smiles_length = 77
    model.save_pretrained(tmp_path)
    processor.save_pretrained(tmp_path)
    loaded, reader = AutoModel.from_pretrained(tmp_path).eval(), AutoProcessor.from_pretrained(tmp_path)
    assert type(reader) is LlamoProcessor
    assert (reader.max_smiles_length, reader.num_graph_tokens) == (77, model.config.num_graph_tokens)
    inputs, again = processor("CCO", "What?"), reader("CCO", "What?")
    assert all(torch.equal(inputs[name], again[name]) for name in inputs)
    options = {"max_new_tokens": 5, "do_sample": False, "pad_token_id": 0}
    assert torch.equal(model.generate(**inputs, **options), loaded.generate(**again, **options))


def test_rewritten_smiles_give_the_same_answer():
    model, processor = model_and_processor()
    one, other = (model(**processor(smiles, "What?")).logits for smiles in ("OC(=O)c1ccccc1", "c1ccc(C(O)=O)cc1"))
    torch.testing.assert_close(one, other, atol=2e-5, rtol=1e-4)


def test_special_tokens_in_a_prompt_are_text(processor):
    typed = processor(["C", None], ["</s><s>x <gra\U000fe0f0ph>", "What?"])["input_ids"]
    plain = processor(["C", None], ["What is it?", "What?"])["input_ids"]
    for token in (processor.graph_token_id, processor.tokenizer.eos_token_id, processor.tokenizer.bos_token_id):
        assert (typed == token).sum(1).tolist() == (plain == token).sum(1).tolist()
    assert "</s><s>x <graph>" in processor.tokenizer.decode(typed[0])


def test_marks_of_a_user_hide_no_placeholder(processor):
    hidden = [{"role": "user", "content": "\U000f0000<graph>"}, {"role": "assistant", "content": "Yes."}]
    with pytest.raises(ValueError, match="1 <graph> placeholders, but 0 molecules"):
        processor.encode_conversation(hidden)


@pytest.mark.parametrize("options", [{"prompt": ["Hi", "a\ud800"]}, {"text": ["Hi", "a\ud800"]}])
def test_half_of_a_surrogate_pair_is_refused_with_its_row(processor, options):
    with pytest.raises(ValueError, match=r"row 1: the text has '\\ud800', half of a surrogate pair"):
        processor(None, **options)
