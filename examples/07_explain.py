"""Explains two answers of the model that comes with the package: pages, data and pictures; and embeds molecules.

    python examples/07_explain.py --output runs/explain
    python examples/07_explain.py --pictures docs/explain

The second makes the pictures of docs/explain.md.
"""

import argparse
from pathlib import Path

from llamo.assistant import DESCRIBE, Assistant
from llamo.compact.shipped import shipped
from llamo.embedding import embed
from llamo.explain import explain

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("smiles", nargs="?", default=ASPIRIN, help="a molecule")
parser.add_argument("--model", default=shipped(), help="folder or Hub id of a LLaMo")
parser.add_argument("--output", type=Path, help="folder for a page of each question")
parser.add_argument("--pictures", type=Path, help="folder for two pictures of the first question")
args = parser.parse_args()

assistant = Assistant.load(args.model)
for name, question in {"ester": "Is there an ester in the molecule?", "description": DESCRIBE}.items():
    explanation = explain(assistant, args.smiles, question)
    molecule = explanation.molecules[0]
    print(question, "->", explanation.answer)
    for group, effect in zip(molecule.motif_names, molecule.effects["graph alone"].motifs.sum(1), strict=True):
        print(f"  without {group}: {effect:.2f} nats")
    if args.output:
        print(explanation.save(args.output / name))
    if args.pictures and name == "ester":
        args.pictures.mkdir(parents=True, exist_ok=True)
        for picture in ("attention", "groups, graph alone"):
            text = explanation.svg(picture, word=0)
            (args.pictures / f"{picture.split(',')[0]}.svg").write_text(text, encoding="utf-8", newline="\n")

vectors = embed(assistant.model, assistant.processor, [args.smiles, "CCO"], level="tokens")
print("vectors", vectors.shape)
