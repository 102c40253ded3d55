"""What is read as a molecule, what is refused, and in which words."""

import logging
import pickle

import numpy as np
import pytest
from rdkit import Chem, RDLogger, rdBase

from processors.molecule import MAX_ATOMS, MoleculeError, parse

BLOCK = Chem.MolToMolBlock(Chem.MolFromSmiles("C[C@H](O)/C=C/C"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("C1CC", "unclosed ring"),
        ("CC)", "extra close parentheses"),
        ("Xx", "syntax error"),
        ("c1cccc1", "Can't kekulize mol. Unkekulized atoms: 0 1 2 3 4"),
        ("CN(C)(C)C", "Explicit valence for atom # 1 N, 4, is greater than permitted"),
        ("CCO ethanol", "text follows the SMILES"),
        ("CCO |$a;b;c$|", "text follows the SMILES"),
        ("CC\nCC", "text follows the SMILES"),
        ("Oé", "SMILES have no 'é'"),
        ("CC\ufffd", "SMILES have no"),
        (BLOCK.replace(" O ", " Qq "), "Element 'Qq' not found"),
        (BLOCK.replace("M  END", ""), "unexpected blank line"),
    ],
)
def test_a_bad_text_is_refused_in_one_line_with_row_reason_and_remedy(text, reason, capfd):
    with pytest.raises(MoleculeError) as caught:
        parse(text, row=7)
    message = str(caught.value)
    assert message.startswith("row 7: cannot read molecule '")
    assert reason in message and "; " in message and "\n" not in message
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("value", [None, 3, float("nan"), b"CCO", ["CCO"]])
def test_another_type_is_refused_by_name(value):
    with pytest.raises(MoleculeError, match=f"a {type(value).__name__}: this is no molecule; pass a SMILES"):
        parse(value)


def test_a_long_text_is_shortened():
    with pytest.raises(MoleculeError) as caught:
        parse("C" * 5000 + "(")
    assert len(str(caught.value)) < 400 and "5001 characters" in str(caught.value)


def test_a_molecule_without_atoms_is_refused():
    with pytest.raises(MoleculeError, match="it has no atoms"):
        parse(Chem.Mol())


def test_a_molecule_above_max_atoms_is_refused():
    assert parse("CCC", max_atoms=3).GetNumAtoms() == 3
    with pytest.raises(MoleculeError, match="it has 4 atoms, max_atoms is 3"):
        parse("CCCC", max_atoms=3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("C1CC1" * 5000, "15000 atoms"),  # RDKit's rings of it took 103 s
        ("C" + "1" * 100_000, "100001 characters"),  # 38 s
        ("[H]O" * 300, "300 atoms"),
        (Chem.MolToMolBlock(Chem.MolFromSmiles("C1CC1" * 100), forceV3000=True), "300 atoms"),
    ],
    ids=["rings", "digits", "hydrogens", "block"],
)
def test_what_is_too_large_is_refused_before_rdkit_looks_for_rings(monkeypatch, text, reason):
    read = Chem.MolFromSmiles
    monkeypatch.setattr(Chem, "SanitizeMol", None)
    monkeypatch.setattr(Chem, "MolFromSmiles", lambda text, sanitize: read(text, False))  # never with its checks
    with pytest.raises(MoleculeError, match=f"it has {reason}.* max_atoms is 200"):
        parse(text, max_atoms=200)


@pytest.mark.parametrize(
    "smiles", ["[H]O[H]", "[Hg]C", "[2H]C([2H])[2H]", "[13CH3:7]c1ccc[se]1", "C%11CCCCC%11", "*Br"]
)
def test_a_molecule_of_max_atoms_is_taken_however_it_is_written(smiles):
    atoms = parse(smiles).GetNumAtoms()
    assert parse(smiles, max_atoms=atoms).GetNumAtoms() == atoms


def test_a_wrong_valence_of_a_mol_is_refused_quietly(capfd):
    with pytest.raises(MoleculeError, match="Explicit valence"):
        parse(Chem.MolFromSmiles("CN(C)(C)C", sanitize=False))
    assert capfd.readouterr().err == ""


def test_a_bond_type_that_rdkit_cannot_handle_is_refused():
    mol = Chem.RWMol(Chem.MolFromSmiles("C.C"))
    mol.AddBond(0, 1, Chem.BondType.OTHER)
    with pytest.raises(MoleculeError, match="Bad bond type"):
        parse(mol)


def test_the_error_survives_a_process_border():
    with pytest.raises(MoleculeError) as caught:
        parse("C1CC", row=2)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value) and copy.row == 2


@pytest.mark.parametrize("smiles", ["C[C@H](O)/C=C/C", "c1ccccc1C(=O)[O-]", "CC\\C=C/C", "C[N+](=O)[O-]"])
def test_a_raw_mol_reads_as_its_smiles_and_is_not_changed(smiles):
    raw = Chem.MolFromSmiles(smiles, sanitize=False)
    before = raw.ToBinary()
    read, expected = parse(raw), parse(smiles)
    assert raw.ToBinary() == before
    assert Chem.MolToSmiles(read) == Chem.MolToSmiles(expected)
    assert [b.GetStereo() for b in read.GetBonds()] == [b.GetStereo() for b in expected.GetBonds()]


@pytest.mark.parametrize(
    "block",
    [
        BLOCK,
        BLOCK.replace("\n", "\r\n"),
        Chem.MolToMolBlock(Chem.MolFromMolBlock(BLOCK), forceV3000=True),
        Chem.MolToMolBlock(Chem.AddHs(Chem.MolFromSmiles("C[C@H](O)/C=C/C"))),
    ],
    ids=["V2000", "CRLF", "V3000", "with hydrogens"],
)
def test_mol_blocks_read_as_the_smiles(block):
    assert Chem.MolToSmiles(parse(block)) == "C/C=C/[C@H](C)O"


def test_doubled_backslashes_read_as_single_ones():
    assert Chem.MolToSmiles(parse("C/C=C\\\\C")) == Chem.MolToSmiles(parse("C/C=C\\C")) == "C/C=C\\C"


def test_hydrogen_atoms_of_a_mol_are_kept():
    assert parse(Chem.AddHs(Chem.MolFromSmiles("C"))).GetNumAtoms() == 5


def test_numpy_strings_are_text():
    assert parse(np.str_("CCO")).GetNumAtoms() == 3


def test_a_redirected_log_stays_redirected():
    class Listener(logging.Handler):
        heard: list[str] = []

        def emit(self, record):
            self.heard.append(record.getMessage())

    logger, listener = logging.getLogger("rdkit"), Listener()
    handlers, logger.handlers = logger.handlers, [listener]
    rdBase.LogToPythonLogger()
    try:
        with pytest.raises(MoleculeError, match="unclosed ring"):
            parse("C1CC")
        assert listener.heard == []
        Chem.MolFromSmiles("C1CC")
        assert "unclosed ring" in listener.heard[0]
    finally:
        rdBase.LogToCppStreams()
        logger.handlers = handlers


def test_a_silent_log_stays_silent_and_the_reason_is_still_known(capfd):
    before = rdBase.LogStatus()
    RDLogger.DisableLog("rdApp.error")
    try:
        silent = rdBase.LogStatus()
        with pytest.raises(MoleculeError, match="Explicit valence"):
            parse("CN(C)(C)C")
        assert rdBase.LogStatus() == silent
    finally:
        RDLogger.EnableLog("rdApp.error")
    assert "rdApp.error:enabled" in before
    Chem.MolFromSmiles("C1CC")
    assert "unclosed ring" in capfd.readouterr().err


def test_an_rdkit_that_captures_nothing_refuses_all_the_same(monkeypatch, capfd):
    monkeypatch.delattr(rdBase, "CaptureErrorLog")
    with pytest.raises(MoleculeError, match="RDKit refuses it without a reason"):
        parse("C1CC")
    assert capfd.readouterr().err == ""


def peptide(atoms: int) -> str:
    return "NCC(=O)" * (atoms // 4) + "O"


def cage(rings: int) -> str:
    """A strip of four-membered rings, of silicon so that valences fit."""
    first = "[Si]" * (rings + 1)
    numbers = [str(one) if one < 10 else f"%{one}" if one < 100 else f"%({one})" for one in range(1, rings + 2)]
    return "".join(map("[Si]{}".format, numbers)) + "." + first.replace("[Si]", "[Si]{}").format(*numbers)


@pytest.mark.parametrize("text", ["C" * 40_000, "C(" * 30_000 + "C" + ")" * 30_000, "*" * 6_000])
def test_a_molecule_that_would_overrun_rdkits_stack_is_refused_before_it_is_read(text):
    with pytest.raises(MoleculeError, match=f"atoms, max_atoms is {MAX_ATOMS}; raise max_atoms"):
        parse(text)


def test_a_molecule_above_the_usual_size_is_read_where_max_atoms_allows_it():
    assert parse("C" * 6_000, max_atoms=6_000).GetNumAtoms() == 6_000


def test_hydrogens_that_go_do_not_count():
    assert parse("[H]C([H])([H])" + "C([H])([H])" * 8 + "C", max_atoms=10).GetNumAtoms() == 10


@pytest.mark.parametrize("as_mol", [False, True])
def test_more_rings_than_rdkit_finds_in_seconds_are_refused(as_mol):
    text = cage(600)
    with pytest.raises(MoleculeError, match="it has 600 rings, at most 516 are read where max_atoms is 5000"):
        parse(Chem.MolFromSmiles(text, sanitize=False) if as_mol else text)


def test_rings_of_real_molecules_are_read_under_a_small_max_atoms():
    assert parse("c1ccccc1" + "C1CC1" * 100, max_atoms=500).GetNumAtoms() == 306


def test_a_text_that_is_long_beyond_any_molecule_is_refused():
    with pytest.raises(MoleculeError, match="at most 2600 are read where max_atoms is 3; raise max_atoms"):
        parse("(" * 10_000, max_atoms=3)


@pytest.mark.parametrize("text", ["\0CCO", "CCO\0", "C\x1bC", "\0" + BLOCK, BLOCK.replace(" O ", " \ud800 ")])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(MoleculeError, match=r"which is no text; check the file and its encoding|SMILES have no"):
        parse(text)


def test_a_reason_that_rdkit_cuts_within_a_letter_is_done_without():
    block = BLOCK.replace("  0  0  0  0", "  0 \U0001f9ea 0  0", 1)
    lines = [f"{line[:40]}\U0001f9ea{line[41:]}" if line.count(".") == 3 else line for line in BLOCK.split("\n")]
    for text in (block, "\n".join(lines)):
        with pytest.raises(MoleculeError, match="check the structure"):
            parse(text)


def test_a_chiral_tag_that_ends_rdkits_process_is_refused():
    mol = Chem.MolFromSmiles("c1ccccc1C", sanitize=False)
    mol.GetAtomWithIdx(5).SetChiralTag(Chem.ChiralType.CHI_OTHER)
    with pytest.raises(MoleculeError, match="atom 5 has the chiral tag CHI_OTHER in a ring"):
        parse(mol)


def test_labels_of_bonds_that_contradict_the_molecule_are_refused():
    mol = Chem.RWMol(Chem.MolFromSmiles("CC(C)=O"))
    mol.GetBondWithIdx(0).SetStereo(Chem.BondStereo.STEREOANY)
    with pytest.raises(MoleculeError, match="bond 0 is SINGLE and has the stereo label STEREOANY without stereo atoms"):
        parse(mol)
