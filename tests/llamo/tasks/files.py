"""A data folder with a few invented rows in every local file that a task knows."""

from pathlib import Path

from tests.llamo.data.files import write_csv, write_jsonl

ALCOHOLS = ["C" * size + "O" for size in range(1, 41)]
RINGS = ["C" * size + "c1ccccc1" for size in range(1, 6)] + [f"C1{'C' * size}1" for size in range(2, 12)]


def description(smiles: str) -> str:
    return f"The molecule is number {smiles.count('C')} of its kind."


def captions(molecules: list[str], **more) -> list[dict]:
    return [{"CID": "1", "SMILES": smiles, "description": description(smiles), **more} for smiles in molecules]


def _pubchem() -> list[dict]:
    places = {"source_id": "1", "source": "pubchem324k"}
    return [
        *captions(ALCOHOLS[:5], **places, source_split="validation", chebi20_split=""),
        *captions(ALCOHOLS[5:10], **places, source_split="test", chebi20_split="test"),
        *captions(ALCOHOLS[9:15], source_id="1", source="git-mol", source_split="train", chebi20_split="train*"),
    ]


def _reactions(molecules: list[str]) -> list[dict]:
    return [
        {"reactants": f"{smiles}.Cl", "reagents": "[Na+].[OH-]", "product": f"{smiles[:-1]}Cl"} for smiles in molecules
    ]


def write_folder(folder: Path) -> Path:
    """Writes all files."""
    tables = {
        "chebi20_train_partial": captions(ALCOHOLS[20:26], source="x"),
        "chebi20_validation": captions(ALCOHOLS[26:31]),
        "chebi20_test": captions(["C/C=C\\\\C", *ALCOHOLS[31:36]]),
        "pubchem_captions": _pubchem(),
        "iupac_pubchem324k": [
            {"SMILES": smiles, "iupac": "an alcohol", "split": split}
            for smiles, split in zip(ALCOHOLS, ["train", "validation", "test", "train"] * 10, strict=True)
        ],
        "qm9_homo_lumo_gap": [
            {"smiles": smiles, "homo": "-0.25", "lumo": "0.05006", "gap": "0.3"} for smiles in ALCOHOLS
        ],
        "esol": [
            {"smiles": smiles, "measured log solubility in mols per litre": f"-{size}.5"}
            for size, smiles in enumerate(ALCOHOLS)
        ],
        "freesolv": [{"smiles": smiles, "expt_kcal_per_mol": "-1.5"} for smiles in ALCOHOLS],
        "lipophilicity": [{"smiles": smiles, "exp": "1.5"} for smiles in ALCOHOLS],
        "bbbp": [
            {"smiles": smiles, "p_np": str(row % 2)} for row, smiles in enumerate([*RINGS, *ALCOHOLS, "CN(C)(C)C"])
        ],
        "bace": [{"smiles": smiles, "Class": str(row % 2)} for row, smiles in enumerate([*RINGS, *ALCOHOLS])],
        "tox21": [{"smiles": smiles, "NR-AR": "1", "SR-p53": "0", "NR-ER": ""} for smiles in ALCOHOLS],
        "uspto_mit_validation": _reactions(ALCOHOLS[:20]),
        "uspto_mit_test": [*_reactions(ALCOHOLS[19:25]), {"reactants": "CCBr", "reagents": "", "product": "C=C"}],
        "uspto50k": [
            {"product": f"{smiles[:-1]}Cl", "reactants": f"{smiles}.Cl", "split": split}
            for smiles, split in zip(ALCOHOLS[:12], ["train", "validation", "test", "train"] * 3, strict=True)
        ],
    }
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv.gz", rows)
    pairs = [["How many atoms are carbon?", 3], ["Is it a salt?", "No"], ["What is its mass?", 12.5]]
    write_jsonl(folder / "drugchat_chembl_qa.jsonl.gz", [{"smiles": smiles, "qa": pairs} for smiles in ALCOHOLS])
    rows = [{"instruction": "?", "input": "[C][C][O]", "output": "Ethanol.", "metadata": {"split": "test"}}]
    rows += [
        {"instruction": "?", "input": smiles, "output": "x", "metadata": {"split": "train"}} for smiles in ALCOHOLS
    ]
    write_jsonl(folder / "molecular_description_generation.json", rows)
    return folder
