"""The form of a conversation: complete, of the right length, without its own prompt, and without given-away answers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from llamo.checking.conversation import Conversation, Turn
from llamo.checking.counts import asked_for, stated
from llamo.checking.finding import Finding
from llamo.checking.naming import asks_name, asks_smiles
from llamo.checking.values import formulas_in, read_formula

# Words of the instructions that a conversation must not show: nobody who asks about a molecule knows of a context.
_LEAKED = re.compile(
    r"\b(?:(?:given|provided|above|supplied) (?:context|information|description|caption|text|data)|"
    r"(?:according to|based on|from|in|mentioned in|stated in) the (?:context|description|caption|"
    r"information|text|passage)|"
    r"the (?:context|description|caption|passage) (?:says|states|does not|doesn't|mentions|provides|provided)|"
    r"as an AI|language model|example conversation|system prompt)\b|"
    r"<\|[a-z_]+\|>|\[/?INST\]|<</?SYS>>|</?s>|^\s*(?:Q|A|User|Assistant|Human|Question|Answer) ?\d*:\s*\S|^#{2,}|```",
    re.I | re.M,
)
# How a question may end that wants its answer in a form.
_CUE = re.compile(r"\n[A-Z]\w+:\s*(?:\([^\n]*)?$")
_TERMINAL = re.compile(r"[.!?:)\]\"'`*]\s*$")
# A sentence, not a name or a list, by its subject or verb.
_IS_SENTENCE = re.compile(
    r"\b(?:it|this|these|they|there|is|are|was|has|have|contains?|does|acts?|consists?|belongs?|derives?)\b", re.I
)
# A question that lists the answers to choose from gives none away.
_OFFERS = re.compile(r"\bor\b|\brespond with\b|\bchoose\b|\boptions?\b|\bone of\b|\bwhether\b", re.I)
_HANGING = re.compile(
    r"(?:[,;(\[]|\w{4,} \S+-|\b(?:and|or|of|the|an?|with|to|by|from|in|as|for|that|which|is|are|has|at|its|it))\s*$",
    re.I,
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
# Answers of so many words are sentences.
_SENTENCE = 6
# Characters of an answer that must stand in its question for it to be given away.
_SHORTEST_LEAK = 12


@dataclass(frozen=True)
class FormRules:
    """What a conversation must keep to.

    Attributes:
        min_turns: questions at least.
        max_turns: questions at most.
        max_answer_words: of one answer.
        sentences_end: answers of several words end with a full stop.
    """

    min_turns: int = 1
    max_turns: int = 200
    max_answer_words: int = 400
    sentences_end: bool = True


def usual_rules(conversations: Sequence[Conversation], **rules: int) -> FormRules:
    """Rules for a file: full stops are expected where most long answers have one."""
    long = [turn.answer for one in conversations for turn in one.turns if len(turn.answer.split()) >= _SENTENCE]
    ends = sum(_TERMINAL.search(answer) is not None for answer in long)
    return FormRules(sentences_end=2 * ends >= len(long), **rules)


def check_form(conversation: Conversation, rules: FormRules) -> Iterator[Finding]:
    """What is wrong with the form."""
    count = len(conversation.turns)
    if not rules.min_turns <= count <= rules.max_turns:
        yield Finding("form", "turn count", None, f"{count} questions", f"{rules.min_turns} to {rules.max_turns}")
    seen: set[str] = set()
    for number, turn in enumerate(conversation.turns):
        for kind, claim in _turn(turn, rules):
            yield Finding("form", kind, number, claim)
        asked = " ".join(turn.question.lower().split())
        if asked in seen:
            yield Finding("form", "repeated question", number, turn.question, is_error=False)
        seen.add(asked)
        if leak := given_away(turn, conversation):
            yield Finding("form", "answer given away", number, leak)


def _turn(turn: Turn, rules: FormRules) -> Iterator[tuple[str, str]]:
    for name, text in (("question", turn.question), ("answer", turn.answer)):
        if not text.strip():
            yield f"empty {name}", text
        elif match := _LEAKED.search(text if name == "answer" else _CUE.sub("", text)):
            yield "leaked prompt", match[0]
    if len(turn.answer.split()) > rules.max_answer_words:
        yield "too long", f"{len(turn.answer.split())} words"
    if turn.answer.strip() and is_truncated(turn.answer, sentences_end=rules.sentences_end):
        yield "truncated", turn.answer[-60:]


def is_truncated(answer: str, *, sentences_end: bool = True) -> bool:
    """Whether an answer breaks off: a hanging word, an open bracket, several words without a full stop."""
    text = answer.strip()
    words = text.split()
    if len(words) > 1 and _HANGING.search(text):
        return True
    if _has_open_bracket(text) and not text.endswith((".", "!", "?")):
        return True
    is_sentence = len(words) >= _SENTENCE and _IS_SENTENCE.search(text) is not None
    return sentences_end and is_sentence and not _TERMINAL.search(text)


def _has_open_bracket(text: str) -> bool:
    open_brackets = []
    for letter in text:
        if letter in "([{":
            open_brackets.append(letter)
        elif letter in _PAIRS and open_brackets and open_brackets[-1] == _PAIRS[letter]:
            open_brackets.pop()
    return bool(open_brackets)


def given_away(turn: Turn, conversation: Conversation) -> str:
    """What a question hands over of its own answer; empty if nothing."""
    question, answer = turn.question, turn.answer.strip(" .\n")
    iupac = conversation.context.iupac
    if asks_name(question) and iupac and len(iupac) > 3 and iupac.casefold() in question.casefold():
        return iupac
    if asks_smiles(question):
        return next((one for one in conversation.molecules if len(one) > 3 and one in question), "")
    if re.search(r"\bformula\b", question, re.I):
        asked, said = formulas_in(question), formulas_in(answer)[:1]
        return next((one for one in asked for other in said if read_formula(one) == read_formula(other)), "")
    if (asked := asked_for(question)) is not None:
        return next((claim for claim, (key, _), _ in stated(question) if key == asked[0]), "")
    if _OFFERS.search(question):
        return ""
    is_long = len(answer) >= _SHORTEST_LEAK and len(answer.split()) >= 2
    return answer if is_long and answer.casefold() in question.casefold() else ""
