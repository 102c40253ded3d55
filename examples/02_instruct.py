"""Stage 2, instruction tuning: LoRA on the language model and the projector learn, the graph encoder is frozen.

    python examples/02_instruct.py runs/align/model instructions.jsonl --output runs/instruct

`instructions.jsonl` follows docs/data.md: `messages` with molecules, or `smiles`, `instruction`, `output`.
"""

import argparse
import os
from typing import Any

from peft import LoraConfig, get_peft_model
from transformers import AutoModel, AutoProcessor, Trainer, TrainingArguments

from llamo import LlamoDataCollator
from llamo.data import DataSource, encode_source

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("model", help="folder or Hub id of an aligned LLaMo")
parser.add_argument("data", help=".jsonl, .csv or .parquet in the schema of docs/data.md, or a Hub data set")
parser.add_argument("--output", default="runs/instruct")
parser.add_argument("--epochs", type=float, default=3)
parser.add_argument("--max-steps", type=int, default=-1)
parser.add_argument("--batch-size", type=int, default=16)
parser.add_argument("--warmup-steps", type=int, default=1000)
parser.add_argument("--resume", action="store_true")
args = parser.parse_args()

# Model: everything is frozen but LoRA's matrices and the projector, which is saved in the adapter's folder. The adapter
# names its base: a full path is found from everywhere.
path = os.path.abspath(args.model) if os.path.isdir(args.model) else args.model
model, processor = AutoModel.from_pretrained(path), AutoProcessor.from_pretrained(path)
model.requires_grad_(False)
lora = LoraConfig(
    task_type="CAUSAL_LM",
    r=8,
    lora_alpha=32,
    lora_dropout=0.05,
    target_modules=r"model\.language_model\..*\.(q_proj|v_proj)",  # a pattern: the projector may have such names too
    modules_to_save=["model.projector"],
)
adapted: Any = get_peft_model(model, lora)
adapted.print_trainable_parameters()

encoded = encode_source(DataSource(args.data), processor, max_length=512)
print(encoded.summary)

trainer = Trainer(
    model=adapted,
    args=TrainingArguments(
        output_dir=args.output,
        num_train_epochs=args.epochs,
        max_steps=args.max_steps,
        per_device_train_batch_size=args.batch_size,
        train_sampling_strategy="group_by_length",
        learning_rate=5e-5,
        weight_decay=0.05,
        warmup_steps=args.warmup_steps,
        lr_scheduler_type="cosine_warmup_with_min_lr",
        lr_scheduler_kwargs={"min_lr_rate": 0.1, "warmup_lr_rate": 0.01},
        logging_steps=20,
        save_steps=500,
        remove_unused_columns=False,
        label_names=["labels"],  # PEFT hides the model's signature
        report_to="none",
    ),
    train_dataset=encoded.dataset,  # type: ignore[arg-type]
    data_collator=LlamoDataCollator(processor),
)
trainer.train(resume_from_checkpoint=args.resume or None)

adapted.save_pretrained(f"{args.output}/adapter")  # AutoModel.from_pretrained loads it with its base
processor.save_pretrained(f"{args.output}/adapter")
merged = adapted.merge_and_unload()
merged.save_pretrained(f"{args.output}/model")
processor.save_pretrained(f"{args.output}/model")
print(f"saved to {args.output}/adapter and, merged, {args.output}/model")
