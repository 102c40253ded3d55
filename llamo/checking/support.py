"""Claims that neither the context nor RDKit backs: roles, classes, sources, numbers. Knows words, no meaning.

A heuristic: words of an answer that say something about a molecule, but stand nowhere in what its writer knew.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from llamo.checking.conversation import Context, Turn
from llamo.checking.facts import ELEMENTS, Facts
from llamo.checking.finding import Finding
from llamo.checking.groups import GROUPS, groups_in
from llamo.checking.sentences import sentences

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*[A-Za-z]")
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:\.\d+)?(?![\w-])")
# What says something about a molecule's role, use, source or properties, and could not be known from its structure.
_TELLING = re.compile(
    r"^(?:anti\w{4,}|\w{2,}(?:ase|ases|toxin|toxins|mycin|cillin|vir|stat|tinib|mab|cidal|genic|tropic|lytic)|"
    r"inhibit\w*|agonist\w*|antagonist\w*|agents?|drugs?|medic\w+|treat\w*|therap\w+|metabolites?|hormones?|vitamins?|"
    r"pesticid\w*|herbicid\w*|fungicid\w*|insecticid\w*|toxi(?:c\w*|ns?)|poison\w*|carcinogen\w*|mutagen\w*|"
    r"allergen\w*|receptors?|"
    r"enzymes?|proteins?|kinases?|cancer\w*|tumou?rs?|pain|analges\w+|inflamm\w+|infect\w+|diseases?|"
    r"plants?|bacteri\w+|"
    r"fung\w+|marine|human|mouse|rats?|approved|solub\w+|boil\w*|melt\w*|densit\w+|odou?r|colou?r\w*|"
    r"fluoresc\w+|alkaloids?|"
    r"steroids?|terpen\w+|flavon\w+|lipids?|peptides?|sugars?|glycosid\w+|antibio\w+|natural|isolated|"
    r"synthes\w+|found|used|"
    r"produced|derived?|derives|derivatives?)$",
    re.I,
)
_GENERIC = frozenset(
    re.findall(
        r"\w+",
        """
    about acid acids also among atom atoms based because belongs best both bond bonds called carbon carries charge
    charged chain class classes classified compound compounds conjugate consists contain contains contained does
    following formula from functional general group groups have having hydrogen includes into kind known least made
    mainly member members molecular molecule molecules more most name named neutral number only other part position
    positions present property related ring rings role roles same serves several shows side simple single structure
    structural substance such than that their them there these they this those total type types unit units used
    using value weight well what when where heavy stereocentre stereocentres stereocenters chiral achiral chirality
    mass molar base bases parent parents donor donors acceptor acceptors rotatable systematic zero three four five
    six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen aromatic membered carbonyl polar
    surface area mole enantiomer mirror image tautomer hydride organic which while with within without whole would
    your acts functions described derived derives derive its it is
    """,
    )
)


def vocabulary(contexts: Iterable[Context]) -> frozenset[str]:
    """Stems that are telling because some contexts, but not nearly all, have them."""
    seen: Counter[str] = Counter()
    total = 0
    for context in contexts:
        if context:
            total += 1
            seen.update(_stems(context.text))
    return frozenset(stem for stem, number in seen.items() if number <= max(2, 0.5 * total))


def unsupported(
    turn: Turn, context: Context, facts: Facts | None, telling: frozenset[str]
) -> list[tuple[str, list[str]]]:
    """Sentences of an answer with the words that nothing backs.

    Args:
        turn: whose answer is looked at.
        context: what the writer knew.
        facts: of the molecule.
        telling: from `vocabulary`.
    """
    known = _stems(context.text) | _present(facts)
    numbers = set(_NUMBER.findall(context.text))
    if re.match(r"\W*no\b", turn.answer, re.I):
        known |= _stems(turn.question)
    found = []
    for sentence in sentences(turn.answer):
        if re.search(
            r"\b(?:not known|no information|cannot be|can't be|do not know|don't know|not specified)\b", sentence, re.I
        ):
            continue
        missing = [word for word in _words(sentence) if _stem(word) not in known and _is_telling(word, telling)]
        if facts is None:
            missing += [number for number in _NUMBER.findall(sentence) if number not in numbers]
        if missing:
            found.append((sentence, list(dict.fromkeys(missing))))
    return found


def check_support(
    turns: Iterable[Turn], context: Context, facts: Facts | None, telling: frozenset[str], *, strict: bool
) -> Iterator[Finding]:
    """Findings of a conversation; errors only where `strict`."""
    for number, turn in enumerate(turns):
        for sentence, words in unsupported(turn, context, facts, telling):
            yield Finding("support", "not in context", number, sentence, f"no {', '.join(words)}", is_error=strict)


def _is_telling(word: str, telling: frozenset[str]) -> bool:
    lower = word.lower()
    return lower not in _GENERIC and (_TELLING.match(lower) is not None or _stem(word) in telling)


def _present(facts: Facts | None) -> set[str]:
    """Words that RDKit backs: names of groups that are there and of elements."""
    if facts is None:
        return set()
    there = [group for group in GROUPS if facts.groups(group)[1] > 0]
    return _stems(" ".join([*(group.name for group in there), *ELEMENTS])) | {
        _stem(word)
        for word in ("acidic", "basic", "aromatic", "cyclic", "acyclic", "heterocyclic", "saturated", "organic")
    }


def _words(text: str) -> list[str]:
    hidden = text
    for _, start, end in groups_in(text):  # RDKit has judged groups already
        hidden = hidden[:start] + " " * (end - start) + hidden[end:]
    return [word for word in _WORD.findall(hidden) if len(word) > 3]


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text)}


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """Without the endings of plurals and inflections: isolated, isolates; metabolites; inhibition, inhibitor."""
    lower = word.lower().strip("'-")
    for ending in (
        "ations",
        "ation",
        "ings",
        "ing",
        "ions",
        "ion",
        "ers",
        "ors",
        "ies",
        "ed",
        "es",
        "er",
        "or",
        "s",
        "y",
        "e",
    ):
        if lower.endswith(ending) and len(lower) - len(ending) >= 4:
            return lower.removesuffix(ending)
    return lower
