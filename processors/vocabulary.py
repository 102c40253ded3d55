"""Which number stands for which atom and bond property: the OGB convention, in the version of the MoleculeSTM weights.

Our own tables: OGB releases differ in chirality. Up to 1.3.5 it has 4 values, from 1.3.6 on a fifth; GraphCL's has 3.
"""

from functools import cache
from typing import Any

# Values per column, in column order; the encoder's embedding tables have as many rows. Chirality has other numbers too:
# see `atom_vocab_sizes`.
ATOM_VOCAB_SIZES = (119, 4, 12, 12, 10, 6, 6, 2, 2)
NUM_CHIRALITY_TAGS = ATOM_VOCAB_SIZES[1]
BOND_VOCAB_SIZES = (5, 6, 2)
MOTIF_VOCAB_SIZE = 73


# Number of chirality values -> index of CHI_OTHER, and of the tags beyond it (square planar, octahedral, ..).
_OTHER_CHIRALITY = {3: (0, 0), 4: (3, 3), 5: (3, 4)}


@cache
def atom_vocab_sizes(num_chirality_tags: int) -> tuple[int, ...]:
    """`ATOM_VOCAB_SIZES` of an encoder with so many rows for chirality.

    Raises:
        ValueError: no convention has so many.
    """
    if num_chirality_tags not in _OTHER_CHIRALITY:
        raise ValueError(
            f"num_chirality_tags must be 3, 4 or 5, got {num_chirality_tags!r}: give the encoder's "
            "config.atom_vocab_sizes[1]"
        )
    return (ATOM_VOCAB_SIZES[0], num_chirality_tags, *ATOM_VOCAB_SIZES[2:])


@cache
def chirality_table(num_chirality_tags: int) -> dict[Any, int]:
    """RDKit chiral tag -> index; what tags that are not tetrahedral become depends on how many values there are.

    With 3 values they are unspecified (0), with 4 other (3), with 5 RDKit's CHI_OTHER is 3 and the rest 4.

    Raises:
        ValueError: no convention has so many.
    """
    from rdkit.Chem import ChiralType

    atom_vocab_sizes(num_chirality_tags)  # refuses other numbers
    other, beyond = _OTHER_CHIRALITY[num_chirality_tags]
    known = {ChiralType.CHI_UNSPECIFIED: 0, ChiralType.CHI_TETRAHEDRAL_CW: 1, ChiralType.CHI_TETRAHEDRAL_CCW: 2}
    known[ChiralType.CHI_OTHER] = other
    return {tag: known.get(tag, beyond) for tag in ChiralType.values.values()}


@cache
def hybridisation_table() -> dict[Any, int]:
    """RDKit hybridisation -> index; what is not SP .. SP3D2 is 5."""
    from rdkit.Chem import HybridizationType as Type

    known = {Type.SP: 0, Type.SP2: 1, Type.SP3: 2, Type.SP3D: 3, Type.SP3D2: 4}
    return {kind: known.get(kind, 5) for kind in Type.values.values()}


@cache
def bond_type_table() -> dict[Any, int]:
    """RDKit bond type -> index; dative, quadruple and other bonds are 4."""
    from rdkit.Chem import BondType

    known = {BondType.SINGLE: 0, BondType.DOUBLE: 1, BondType.TRIPLE: 2, BondType.AROMATIC: 3}
    return {kind: known.get(kind, 4) for kind in BondType.values.values()}


@cache
def bond_stereo_table() -> dict[Any, int]:
    """RDKit bond stereo -> index. Labels that are not here (atropisomers) have no row in the encoder."""
    from rdkit.Chem import BondStereo

    return {
        BondStereo.STEREONONE: 0,
        BondStereo.STEREOZ: 1,
        BondStereo.STEREOE: 2,
        BondStereo.STEREOCIS: 3,
        BondStereo.STEREOTRANS: 4,
        BondStereo.STEREOANY: 5,
    }


def atom_row(
    number: int,
    chirality: int,
    degree: int,
    charge: int,
    hydrogens: int,
    radicals: int,
    hybridisation: int,
    aromatic: int,
    in_ring: int,
) -> tuple[int, ...]:
    """The nine features of an atom from its properties; chirality and hybridisation are indices already."""
    return (
        number - 1 if 1 <= number <= 118 else 118,
        chirality,
        min(degree, 11),
        charge + 5 if -5 <= charge <= 5 else 11,
        min(hydrogens, 9),
        min(radicals, 5),
        hybridisation,
        int(aromatic),
        int(in_ring),
    )
