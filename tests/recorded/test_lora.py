"""The LoRA variant: as a PEFT adapter beside the model, and merged into it."""

import pytest
import torch
from peft import PeftModel
from transformers import AutoModel

from llamo.convert.released import LORA_FOLDER, convert
from processors import LlamoDataCollator
from tests.paths import GOLDEN
from tests.recorded.recording import label_logprobs
from tests.recorded.test_batches import collate


@pytest.fixture(scope="module", params=["keep", "merge"])
def with_lora(request, official_lora, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param) / "llamo"
    # The recording ran in float32: merging into bfloat16 would round what it did not.
    convert(official_lora, folder, text_model=str(GOLDEN / "llm"), lora=request.param, dtype="float32")
    model = AutoModel.from_pretrained(folder, dtype=torch.float32)
    if request.param == "keep":
        model = PeftModel.from_pretrained(model, folder / LORA_FOLDER)
    return model.eval()


def test_logits_and_loss_with_lora(with_lora, recording, processor, lora_arrays, batches):
    batch = collate(recording, processor, batches["lora"]["a_conversations"])
    output = with_lora(**batch)
    own, logits = batch["attention_mask"].bool(), output.logits[..., : recording.words]
    torch.testing.assert_close(logits[own], lora_arrays["a.logits"][own], atol=5e-3, rtol=1e-4)
    torch.testing.assert_close(output.loss, lora_arrays["a.loss"], atol=1e-4, rtol=1e-4)


def test_log_probabilities_with_lora(with_lora, recording, processor, lora_arrays, batches):
    batch = collate(recording, processor, batches["lora"]["b_conversations"])
    output = with_lora(**batch)
    torch.testing.assert_close(output.loss, lora_arrays["b.loss"], atol=1e-4, rtol=1e-4)
    found = label_logprobs(output.logits[..., : recording.words], batch["labels"])
    torch.testing.assert_close(found, lora_arrays["b.label_logprobs"], atol=5e-3, rtol=1e-4)


def test_greedy_answers_with_lora(with_lora, recording, processor, lora_arrays, batches):
    names = [{"messages": recording.messages(processor, name)} for name in batches["lora"]["generate_conversations"]]
    batch = LlamoDataCollator(processor, for_generation=True, drop_earlier_answers=True)(names)
    batch.pop("labels")
    recorded = lora_arrays["generated_ids"]
    output = with_lora.generate(**batch, do_sample=False, max_new_tokens=recorded.shape[1])
    assert output[:, batch["input_ids"].shape[1] :].tolist() == recorded.tolist()
