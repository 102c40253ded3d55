"""Mutations of SMILES: by token, by splicing, by shape, by raw bytes. Knows the grammar, not what is valid."""

import re
from random import Random

TOKENS = re.compile(r"\[[^\]]*\]|Br|Cl|%\(\d+\)|%\d\d|->|<-|.", re.DOTALL)
ALPHABET = (  # noqa: SIM905  a list of as many lines says no more
    "C N O S P F I Cl Br B c n o s p b * ( ) [ ] = # $ ~ : - / \\ . @ @@ + 1 2 3 9 %10 %99 %(100) %(99999) -> <- [nH] "
    "[C@H] [C@@H] [13C] [2H] [H] [H+] [Na+] [O-] [N+] [C@TH1] [Pt@SP1] [Fe@OH12] [As@TB3] [Co+3] [U] [*:1] [#6] [C:0] "
    "[CH4:12] [SiH3] [CH3] [C-4] [C+9] [OH99] [999C] [#200] [Og] [se] [te] [C@AL1] [R1] [Xx] [] [C"
).split(" ")
STRANGE = (
    *"\x00\t\n\r\x0b\x0c\x1b\x7f \xa0é\u2028\ufeff\ufffd\ud800\udfff\U0001f9ea",
    "<graph>", "</s>", "<s>", "<|im_start|>user", "[INST]", "\U000fe0f0", "\U000f0000", "$$$$", "M  END",
    "\\\\", "%00", "C" * 300, "(" * 300, ")" * 300, "[" * 300, "9" * 300, " |$a;b$|", " name", "{}", "%s", "\\n",
)  # fmt: skip


def mutate(random: Random, seeds: tuple[str, ...]) -> str:
    """One to six mutations of a real SMILES, or now and then a shape or raw letters."""
    kind = random.random()
    if kind < 0.01:
        return shape(random)
    if kind < 0.05:
        return raw(random)
    text = random.choice(seeds)
    for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3, 6))):
        text = random.choice(_MUTATIONS)(text, random, seeds)
    return text


def raw(random: Random) -> str:
    """Bytes read as text, or letters of the alphabet in no order."""
    if random.random() < 0.5:
        return random.randbytes(random.randint(0, 200)).decode(random.choice(("latin-1", "utf-8", "utf-16")), "replace")
    return "".join(random.choices(ALPHABET, k=random.randint(1, 60)))


def _by_token(change):
    def mutation(text: str, random: Random, seeds: tuple[str, ...]) -> str:
        tokens = TOKENS.findall(text) or [""]
        place = random.randrange(len(tokens))
        change(tokens, place, random)
        return "".join(tokens)

    return mutation


def _replace(tokens: list[str], place: int, random: Random):
    tokens[place] = random.choice(ALPHABET)


def _insert(tokens: list[str], place: int, random: Random):
    tokens.insert(place, random.choice(ALPHABET))


def _insert_strange(tokens: list[str], place: int, random: Random):
    tokens.insert(random.choice((0, place, len(tokens))), random.choice(STRANGE))


def _drop(tokens: list[str], place: int, random: Random):
    del tokens[place : place + random.choice((1, 1, 2, 5))]


def _swap(tokens: list[str], place: int, random: Random):
    other = random.randrange(len(tokens))
    tokens[place], tokens[other] = tokens[other], tokens[place]


def _repeat(tokens: list[str], place: int, random: Random):
    end = place + random.randint(1, 8)
    tokens[place:end] = tokens[place:end] * random.choice((2, 2, 3, 10, 60))


def _bracket(tokens: list[str], place: int, random: Random):
    symbol = tokens[place].strip("[]") or "C"
    charge = random.choice(("", "", "+", "-", "+2", "-3", "+15", "+16", "--", "-:1"))
    hydrogens = random.choice(("", "", "H", "H2", "H3", "H9"))
    tokens[place] = (
        f"[{random.choice(('', '', '2', '13', '999'))}{symbol}{random.choice(('', '@', '@@'))}{hydrogens}{charge}]"
    )


def _ring(tokens: list[str], place: int, random: Random):
    digit = random.choice(("1", "2", "7", "%11", "%(123)"))
    for at in sorted((place, random.randrange(len(tokens)) + 1), reverse=True):
        tokens.insert(at + 1, digit)


def _cut(text: str, random: Random, seeds: tuple[str, ...]) -> str:
    return text[: random.randint(0, len(text))]


def _splice(text: str, random: Random, seeds: tuple[str, ...]) -> str:
    other = random.choice(seeds)
    return (
        text[: random.randint(0, len(text))]
        + random.choice(("", "", ".", ">>", "("))
        + other[random.randint(0, len(other)) :]
    )


def _rewrite(text: str, random: Random, seeds: tuple[str, ...]) -> str:
    """Another writing of the same molecule, with all that SMILES can say."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(text) if text.isascii() and len(text) < 500 else None
        if mol is None:
            return text
        if random.random() < 0.3:
            mol = Chem.AddHs(mol)
        return Chem.MolToRandomSmilesVect(mol, 1, random.randrange(2**31), allHsExplicit=random.random() < 0.5)[0]


def _case(text: str, random: Random, seeds: tuple[str, ...]) -> str:
    place = random.randrange(len(text) or 1)
    return text[:place] + text[place : place + 1].swapcase() + text[place + 1 :]


_MUTATIONS = (
    *map(_by_token, (_replace, _insert, _insert_strange, _drop, _swap, _repeat, _bracket, _bracket, _ring, _ring)),
    _cut, _splice, _splice, _rewrite, _rewrite, _case,
)  # fmt: skip


def closure(number: int) -> str:
    """How SMILES write a ring number."""
    return str(number) if number < 10 else f"%{number}" if number < 100 else f"%({number})"


def of_bonds(size: int, bonds: set[tuple[int, int]], symbol: str) -> str:
    """A graph as unbranched text: fragments joined by ring closures alone."""
    beside: list[list[int]] = [[] for _ in range(size)]
    for number, bond in enumerate(sorted(bonds), 1):
        for atom in bond:
            beside[atom].append(number)
    return ".".join(symbol + "".join(map(closure, numbers)) for numbers in beside)


def shape(random: Random) -> str:
    """A shape that is hard on parsers: deep, long, dense, symmetric."""
    n = random.choice((5, 20, 60, 150, 400, 1200))
    symbol = random.choice(("C", "[Si]", "[Fe]", "c", "*", "B", "[U]"))
    names = ("chain", "nest", "dots", "star", "peptide", "brackets", "digits", "ring", "stereo", "double", "complete")
    kind = random.choice((*names, "regular", "regular", "grid", "cylinder", "acene", "hydrogens", "huge"))
    if kind in ("complete", "regular", "grid", "cylinder"):
        return _dense(kind, min(n, 400), symbol, random)
    texts = {
        "chain": symbol * n,
        "nest": f"{symbol}(" * n + symbol + ")" * n,
        "dots": f"{symbol}." * n + symbol,
        "star": "[U]" + "(C)" * n,
        "peptide": "N[C@@H](CC(C)C)C(=O)" * n + "O",
        "brackets": "[" * n + symbol + "]" * n,
        "digits": symbol + "1" * n,
        "ring": f"{symbol}1" + symbol * n + "1",
        "stereo": "[C@H](F)(Cl)" + "[C@H](F)" * n + "Br",
        "double": "F" + "/C=C/" * n + "F",
        "acene": "c1ccc2cc1" + "cc2" * n,
        "hydrogens": "[H]" + ".[H][H]" * n,
    }
    return texts[kind] if kind != "huge" else symbol * random.choice((6_000, 30_000, 120_000))


def _dense(kind: str, n: int, symbol: str, random: Random) -> str:
    side = max(2, int(n**0.5))
    if kind == "complete":
        size = min(n, 45)
        bonds = {(one, other) for one in range(size) for other in range(one + 1, size)}
    elif kind == "regular":
        size, degree = n, random.choice((3, 3, 4, 6))
        ends = [atom for atom in range(size) for _ in range(degree)]
        random.shuffle(ends)
        pairs = zip(ends[::2], ends[1::2], strict=False)
        bonds = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    else:
        size = side * side
        right = {(row * side + at, row * side + at + 1) for row in range(side) for at in range(side - 1)}
        down = {(row * side + at, (row + 1) * side + at) for row in range(side - 1) for at in range(side)}
        around = (
            {(row * side, row * side + side - 1) for row in range(side)} if kind == "cylinder" and side > 2 else set()
        )
        bonds = right | down | around
    return of_bonds(size, bonds, symbol)
