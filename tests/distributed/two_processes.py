"""Run by torchrun or alone: trains a tiny LLaMo on given rows and writes losses and weights.

    two_processes.py OUTPUT BATCH_SIZE KIND

BATCH_SIZE is per process. KIND: "graphs" (a molecule in each row), "mixed" (every second batch of rows is text only).
"""

import json
import sys
from pathlib import Path

import torch
from torch.utils.data import SequentialSampler
from transformers import Trainer, TrainingArguments

from processors import LlamoDataCollator
from tests.text import model_and_processor

output, batch_size, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
SMILES = ["CCO", "c1ccccc1", "CC(=O)O", "C", "N#CC", "CCN(C)C", "O=C=O", "C1CC1"]


def row(number: int) -> dict:
    question = {"type": "text", "text": f"What is it, number {number}?"}
    with_molecule = kind == "graphs" or number % 4 < 2
    parts = [{"type": "molecule", "smiles": SMILES[number % len(SMILES)]}, question] if with_molecule else [question]
    return {"messages": [{"role": "user", "content": parts}, {"role": "assistant", "content": "x" * (number % 5 + 1)}]}


class InOrder(Trainer):
    def _get_train_sampler(self, *args):
        return SequentialSampler(self.train_dataset)


model, processor = model_and_processor()
model.train()
rows = [processor.encode_conversation(row(number)["messages"]) for number in range(16)]
trainer = InOrder(
    model=model,
    args=TrainingArguments(
        output_dir=str(output / "trainer"),
        per_device_train_batch_size=batch_size,
        max_steps=4,
        learning_rate=0.3,
        optim="sgd",  # Adam would magnify the rounding of gradients that are 0, such as of biases before BatchNorm
        lr_scheduler_type="constant",
        logging_steps=1,
        save_strategy="no",
        use_cpu=True,
        remove_unused_columns=False,
        report_to="none",
        disable_tqdm=True,
        ddp_find_unused_parameters=False,
        activation_checkpointing=kind == "mixed",
    ),
    train_dataset=rows,
    data_collator=LlamoDataCollator(processor),
)
trainer.train()
if trainer.is_world_process_zero():
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    (output / "losses.json").write_text(json.dumps(losses))
    torch.save(model.state_dict(), output / "weights.pt")
