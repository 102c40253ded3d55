"""Time and memory of converting a checkpoint of the released size: Llama-2-7b shapes, all weights zero.

    python benchmarks/conversion.py --folder FOLDER_WITH_45_GB_FREE
    python benchmarks/conversion.py --folder FOLDER --layers 2      # small, for a look

Makes such a checkpoint, converts it, and converts it back, each in a process of its own.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer, models
from transformers import LlamaConfig, PreTrainedTokenizerFast

from configuration import LlamoConfig
from llamo.convert.names import is_text
from llamo.convert.writing import write_shards
from modeling_llamo import LlamoForConditionalGeneration

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--folder", type=Path, required=True)
parser.add_argument("--layers", type=int, default=32, help="of the language model")
args = parser.parse_args()


def text_config(vocab_size: int) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=vocab_size,
        hidden_size=4096,
        intermediate_size=11008,
        num_hidden_layers=args.layers,
        num_attention_heads=32,
        architectures=["LlamaForCausalLM"],
    )


def write_text_model(folder: Path):
    """Config and tokenizer; conversion takes no weight from the language model's folder."""
    words = ["<unk>", "<s>", "</s>", *(f"word{number}" for number in range(31997))]
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
    names = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder)
    text_config(32000).save_pretrained(folder)


def write_model(folder: Path):
    """A LLaMo of the released layout with weights of zero."""
    folder.mkdir()
    config = LlamoConfig.released(text_config=text_config(32002), graph_token_id=32001)
    with torch.device("meta"):
        shapes = LlamoForConditionalGeneration(config).state_dict()
    shapes = {name: shape.to(torch.bfloat16) if is_text(name) else shape for name, shape in shapes.items()}
    config.save_pretrained(folder)
    make = lambda name: torch.zeros(shapes[name].shape, dtype=shapes[name].dtype)  # noqa: E731
    write_shards(folder, shapes, make, max_shard_size="5GB")


def run(*arguments: str):
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "from llamo.cli import main; main()", *arguments], check=True)
    print(f"{time.perf_counter() - started:.0f} s: llamo {' '.join(arguments)}\n", flush=True)


args.folder.mkdir(parents=True)
ours, text, checkpoint = args.folder / "ours", args.folder / "text", args.folder / "llamo.ckpt"
write_text_model(text)
write_model(ours)
run("convert", "--reverse", str(ours), str(checkpoint))
run("convert", str(checkpoint), str(ours), "--text-model", str(text), "--overwrite")
