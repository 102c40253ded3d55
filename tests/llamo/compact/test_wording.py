"""Descriptions of several collections in ChEBI's wording: what is kept, mended and refused."""

import pytest

from llamo.compact.wording import chebi_style

ACID = "The molecule is a monocarboxylic acid that is acetic acid."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ACID, ACID),
        ("it is a monocarboxylic acid that is acetic acid. ", ACID),
        ("Ethanoic acid is a monocarboxylic acid that is acetic acid.", ACID),
        (f"{ACID}Acetic acid is a natural product found in Pinus with data available.", ACID),
        (f"{ACID} It is functionally related to an ethane.", f"{ACID} It derives from an ethane."),
        (f"{ACID} It is a conjugate acid of a it(1-). It is a drug.", f"{ACID} It is a drug."),
        (f"{ACID} it is used in food.", f"{ACID} It is used in food."),
        (f"The molecule is a white crystalline powder with a slight odor. {ACID}", ACID),
        (f"  {ACID.replace(' ', '  ')}\n", ACID),
    ],
)
def test_what_is_kept(text, expected):
    assert chebi_style(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "it, also known as foo, belongs to the class of organic compounds known as xanthones.",
        "it has been used in trials studying the treatment of Ejaculation.",
        "The molecule is a peptide.",
        "it is a it in which the acyl group is specified as 3-methylbutanoyl.",
        "it appears as a colorless liquid with a faint odor of ammonia.",
        "",
    ],
)
def test_what_is_refused(text):
    assert chebi_style(text) is None
