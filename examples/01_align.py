"""Stage 1, alignment: graph encoder and projector learn to describe molecules to a frozen language model.

    python examples/01_align.py PATH_OR_HUB_ID captions.csv --output runs/align

`captions.csv` has the columns `smiles` and `output`. Learning rate, schedule and weight decay are the paper's (arXiv
2411.00871).
"""

import argparse

from transformers import AutoModelForCausalLM, AutoTokenizer, Trainer, TrainingArguments

from llamo import LlamoDataCollator, LlamoForConditionalGeneration, LlamoProcessor
from llamo.data import DataSource, encode_source

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("text_model", help="folder or Hub id of a causal language model")
parser.add_argument("data", help=".csv, .jsonl or .parquet with smiles and output, or a Hub data set")
parser.add_argument("--instruction", default="Describe this molecule.")
parser.add_argument("--output", default="runs/align")
parser.add_argument("--epochs", type=float, default=1)
parser.add_argument("--max-steps", type=int, default=-1)
parser.add_argument("--batch-size", type=int, default=16)
parser.add_argument("--warmup-steps", type=int, default=1000)
parser.add_argument("--resume", action="store_true")
args = parser.parse_args()

# Model: any causal language model, a fresh encoder and projector; the language model is frozen.
tokenizer = AutoTokenizer.from_pretrained(args.text_model)
processor = LlamoProcessor.from_tokenizer(tokenizer)
text_model = AutoModelForCausalLM.from_pretrained(args.text_model)
model = LlamoForConditionalGeneration.from_components(text_model, graph_token_id=processor.graph_token_id)
processor.num_graph_tokens = model.config.num_graph_tokens
model.model.language_model.requires_grad_(False)
model.lm_head.requires_grad_(False)

# Data: each row is encoded once; rows that cannot be used are listed in bad_rows, not lost.
source = DataSource(args.data, columns={"instruction": None}, instruction=args.instruction)
encoded = encode_source(source, processor, max_length=512)
print(encoded.summary)

# Training: the loss is on the answer's tokens alone.
trainer = Trainer(
    model=model,
    args=TrainingArguments(
        output_dir=args.output,
        num_train_epochs=args.epochs,
        max_steps=args.max_steps,
        per_device_train_batch_size=args.batch_size,
        train_sampling_strategy="group_by_length",
        learning_rate=1e-4,
        weight_decay=0.05,
        warmup_steps=args.warmup_steps,
        lr_scheduler_type="cosine_warmup_with_min_lr",
        lr_scheduler_kwargs={"min_lr_rate": 0.1, "warmup_lr_rate": 0.01},
        logging_steps=20,
        save_steps=500,
        remove_unused_columns=False,  # graph tensors are not in the signature Trainer looks at
        report_to="none",
    ),
    train_dataset=encoded.dataset,  # type: ignore[arg-type]
    data_collator=LlamoDataCollator(processor),
)
trainer.train(resume_from_checkpoint=args.resume or None)

model.save_pretrained(f"{args.output}/model")
processor.save_pretrained(f"{args.output}/model")
print(f"saved to {args.output}/model")
