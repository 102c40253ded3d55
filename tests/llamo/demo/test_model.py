"""The demo's model."""

from llamo.demo.model import build_model
from llamo.training.tokenizer import build_tokenizer


def test_prompts_carry_the_molecule_in_graph_tokens_only():
    model, processor = build_model(build_tokenizer(["Does it contain an ester?"]))
    question = "Does it contain an ester?"
    first, second = processor(["CCO", "CCOC(C)=O"], [question] * 2)["input_ids"].tolist()
    assert first == second
    assert first.count(model.config.graph_token_id) == model.config.num_graph_tokens
