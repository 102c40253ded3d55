"""Builds a LLaMo around any causal language model and asks it about molecules.

    python examples/00_build_and_ask.py PATH_OR_HUB_ID "CC(=O)Oc1ccccc1C(=O)O" --question "Describe this molecule."

Graph encoder and projector are fresh: this shows the steps, the answers mean nothing before training.
"""

import argparse

from transformers import AutoModelForCausalLM, AutoTokenizer

from llamo import LlamoForConditionalGeneration, LlamoProcessor

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("text_model", help="folder or Hub id of a causal language model")
parser.add_argument("smiles", nargs="+", help="molecules")
parser.add_argument("--question", default="Describe this molecule.")
parser.add_argument("--max-new-tokens", type=int, default=30)
parser.add_argument("--save", help="folder for the new model and its processor")
args = parser.parse_args()

processor = LlamoProcessor.from_tokenizer(AutoTokenizer.from_pretrained(args.text_model))
model = LlamoForConditionalGeneration.from_components(
    AutoModelForCausalLM.from_pretrained(args.text_model), graph_token_id=processor.graph_token_id
).eval()

inputs = processor(args.smiles, [args.question] * len(args.smiles))
output = model.generate(**inputs, max_new_tokens=args.max_new_tokens, do_sample=False)
for smiles, ids in zip(args.smiles, output[:, inputs["input_ids"].shape[1] :], strict=True):
    print(smiles, "->", processor.decode(ids, skip_special_tokens=True))

if args.save:
    model.save_pretrained(args.save)
    processor.save_pretrained(args.save)
