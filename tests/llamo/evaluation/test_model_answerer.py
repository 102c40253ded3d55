"""A model that answers: batch = single, resumed = straight, confidences as computed otherwise, valid beams chosen."""

import pytest
import torch

from llamo.evaluation.model_answerer import ModelAnswerer
from llamo.evaluation.options import GenerationOptions
from llamo.tasks.task import AnswerKind, Example
from processors import LlamoProcessor
from processors.retrieval import CaptionIndex
from tests.llamo.evaluation.small_task import examples, small_task
from tests.text import byte_tokenizer, model_and_processor


def answerer(kind: AnswerKind = "text", *, without_graphs: bool = False, **options) -> ModelAnswerer:
    model, processor = model_and_processor()
    model.generation_config.eos_token_id = 2
    options = GenerationOptions(**{"batch_size": 3, **options})
    return ModelAnswerer(
        model, processor, small_task(kind), name="tiny", options=options, without_graphs=without_graphs
    )


def test_every_example_is_answered_once():
    answers = list(answerer().answer(examples()))
    assert sorted(answer.row or 0 for answer in answers) == list(range(len(examples())))


def test_batched_answers_equal_single_ones():
    together = {answer.row: answer.prediction for answer in answerer(batch_size=4).answer(examples())}
    alone = {answer.row: answer.prediction for answer in answerer(batch_size=1).answer(examples())}
    assert together == alone


def test_a_batch_that_does_not_fit_the_memory_is_halved(monkeypatch):
    small, sizes = answerer(batch_size=4), []
    generate = small.model.generate

    def limited(**inputs):
        sizes.append(len(inputs["input_ids"]))
        if sizes[-1] > 2:
            raise torch.OutOfMemoryError("full")
        return generate(**inputs)

    monkeypatch.setattr(small.model, "generate", limited)
    found = {answer.row: answer.prediction for answer in small.answer(examples())}
    assert found == {answer.row: answer.prediction for answer in answerer(batch_size=2).answer(examples())}
    assert sizes == [4, 2, 2, 2, 1]


def test_an_example_that_never_fits_is_refused_by_name(monkeypatch):
    small = answerer(batch_size=2)

    def full(**_):
        raise torch.OutOfMemoryError("full")

    monkeypatch.setattr(small.model, "generate", full)
    (answer,) = small.answer(examples()[:1])
    assert answer.prediction == "" and "not asked: out of memory" in str(answer.source)


def test_what_is_done_is_not_asked_again_and_the_rest_stays_the_same():
    straight = {answer.row: answer for answer in answerer(samples=2).answer(examples())}
    rest = {answer.row: answer for answer in answerer(samples=2).answer(examples(), done={0, 1, 2, 4})}
    assert rest == {row: straight[row] for row in (3, 5, 6)}


def test_log_probability_is_that_of_greedy_generation():
    asked = answerer(batch_size=1)
    answer = next(iter(asked.answer(examples()[:1])))
    inputs = asked.processor(["CCO"], [examples()[0].prompt])
    generated = asked.model.generate(
        **inputs, max_new_tokens=6, do_sample=False, output_logits=True, return_dict_in_generate=True
    )
    new = generated.sequences[0, inputs["input_ids"].shape[1] :]
    chosen = [torch.log_softmax(logits[0], -1)[token] for logits, token in zip(generated.logits, new, strict=True)]
    assert answer.log_probability == pytest.approx(float(sum(chosen)), abs=1e-4)
    assert answer.num_tokens == len(new)


def test_score_is_the_probability_of_yes_against_no():
    asked = answerer("yes_no")
    answer = next(iter(asked.answer(examples()[:1])))
    inputs = asked.processor(["CCO"], [examples()[0].prompt])
    sums = {}
    for text in ("Yes", "No"):
        ids = asked.processor.tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            whole = torch.cat([inputs["input_ids"], ids], 1)
            logits = asked.model(**{**inputs, "input_ids": whole, "attention_mask": torch.ones_like(whole)}).logits
        log_probs = torch.log_softmax(logits[0, -ids.shape[1] - 1 : -1].double(), -1)
        sums[text] = float(log_probs.gather(-1, ids.T).exp().prod())
    assert answer.score == pytest.approx(sums["Yes"] / (sums["Yes"] + sums["No"]), rel=1e-3)


def test_yes_and_no_are_the_tokens_that_training_teaches():
    model, _ = model_and_processor()
    for make in (LlamoProcessor.from_tokenizer, LlamoProcessor.released):
        processor = make(byte_tokenizer(), model.config)
        asked = ModelAnswerer(model, processor, small_task("yes_no"), name="tiny")
        for word, ids in zip(("Yes", "No"), asked._yes_and_no, strict=True):
            taught = processor.encode_conversation(processor.conversation(["CCO"], "Is it?", word))
            labels = [label for label in taught["labels"] if label != -100]
            assert labels[: len(ids)] == ids
            assert word in processor.tokenizer.decode(ids)


def test_sampling_and_penalties_of_the_model_change_nothing():
    plain = {answer.row: answer.prediction for answer in answerer().answer(examples())}
    asked = answerer()
    config = asked.model.generation_config
    config.do_sample, config.temperature, config.repetition_penalty, config.num_beams = True, 0.3, 1.8, 3
    assert plain == {answer.row: answer.prediction for answer in asked.answer(examples())}


def test_agreement_is_only_there_with_samples():
    assert all(answer.agreement is None for answer in answerer().answer(examples()))
    sampled = list(answerer(samples=3).answer(examples()))
    assert all(answer.agreement is not None and 0 <= answer.agreement <= 1 for answer in sampled)


def test_samples_do_not_change_the_answer():
    plain = {answer.row: answer.prediction for answer in answerer().answer(examples())}
    assert plain == {answer.row: answer.prediction for answer in answerer(samples=2).answer(examples())}


def test_valid_only_takes_the_best_beam_that_is_a_molecule(monkeypatch):
    asked = answerer("smiles", valid_only=True)
    texts = iter([["(", "C(", "CCO", "C", "N"], ["(", "(", "(", "(", ")"]])
    tokenizer = asked.processor.tokenizer
    beams = [[tokenizer(text)["input_ids"] for text in row] for row in texts]
    monkeypatch.setattr(asked, "_continuations", lambda inputs, **options: [ids for row in beams for ids in row])
    first, second = asked.answer(examples()[:2])
    assert (first.prediction, first.source) == ("CCO", "beam 3 of 5")
    assert (second.prediction, second.source) == ("(", "none of 5 beams is a molecule")


def test_valid_only_returns_its_beams_in_order_of_probability():
    asked = answerer("smiles", valid_only=True, batch_size=1)
    inputs = asked._encode(examples()[:1])
    beams = asked._continuations(inputs, do_sample=False, num_beams=5, num_return_sequences=5)
    best = asked._continuations(inputs, do_sample=False, num_beams=5, num_return_sequences=1)
    assert len(beams) == 5
    assert beams[0] == best[0]


def test_valid_only_needs_answers_that_are_molecules():
    with pytest.raises(ValueError, match="SMILES"):
        answerer("text", valid_only=True)


def test_without_graphs_molecules_are_written_as_smiles():
    asked = answerer(without_graphs=True)
    question, molecules = asked._question(Example(0, ("CCO", "CCN"), "Is <graph> like <graph>?", "No"))
    assert (question, molecules) == ("Is CCO like CCN?", None)
    question, molecules = asked._question(Example(0, ("CCO",), "What is it?", "Ethanol"))
    assert (question, molecules) == ("CCO\nWhat is it?", None)
    assert len(list(asked.answer(examples()))) == len(examples())


def test_retrieved_captions_stand_in_the_question_and_are_part_of_the_settings(monkeypatch):
    with pytest.raises(ValueError, match="tiny has no caption index to retrieve from"):
        answerer(retrieve=1)
    captions = CaptionIndex(["CCO", "CCCO"], ["ethanol", "propanol"])
    monkeypatch.setattr(LlamoProcessor, "captions", captions)
    asked = answerer(retrieve=2)
    assert asked.settings()["retrieve"] == 2
    text = asked.processor.tokenizer.decode(asked._encode(examples()[:1])["input_ids"][0])
    assert "[100 %] ethanol" in text and "propanol" in text
    assert "ethanol" not in asked.processor.tokenizer.decode(answerer()._encode(examples()[:1])["input_ids"][0])
    with pytest.raises(ValueError, match="leave --retrieve out"):
        answerer(retrieve=1, without_graphs=True)


def test_a_question_without_a_molecule_is_asked():
    answers = list(answerer().answer([Example(0, (), "Name a solvent.", "Water"), *examples()[1:3]]))
    assert len(answers) == 3


def test_a_question_that_is_too_long_is_refused_by_name_and_the_others_are_answered():
    asked = answerer()
    asked.model.config.get_text_config().max_position_embeddings = 100
    long = Example(1, ("CCO",), "very " * 40, "no")
    answers = {answer.row: answer for answer in asked.answer([examples()[0], long])}
    assert answers[1].prediction == ""
    assert answers[1].source is not None and answers[1].source.startswith("not asked")
    assert answers[0].source is None
