"""All checks over all conversations, and what they add up to. Writes nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from llamo.checking import diversity
from llamo.checking.chemistry import judge
from llamo.checking.conversation import Conversation
from llamo.checking.facts import facts_of
from llamo.checking.finding import Finding, Verdict
from llamo.checking.form import FormRules, check_form, usual_rules
from llamo.checking.leakage import check_leakage
from llamo.checking.naming import Names, name_claims
from llamo.checking.subjects import with_subjects
from llamo.checking.support import check_support, vocabulary
from llamo.metrics.opsin import Opsin
from processors import MoleculeError

AREAS = ("form", "chemistry", "support", "diversity", "leakage")


@dataclass(frozen=True)
class CheckOptions:
    """What is checked.

    Attributes:
        form: rules of form; default those that suit the file.
        held_out: structures of test sets (`held_out_by`).
        strict: claims that nothing backs are errors, not only flagged.
        find_duplicates: compare conversations with each other.
        opsin: reads names; default where it is installed.
    """

    form: FormRules | None = None
    held_out: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    find_duplicates: bool = True
    opsin: bool = True


@dataclass(frozen=True)
class CheckResult:
    """What was found.

    Attributes:
        conversations: that were checked, with the molecules that were found in their questions.
        verdicts: one for each.
        names_read: whether OPSIN was there.
    """

    conversations: Sequence[Conversation]
    verdicts: Sequence[Verdict]
    names_read: bool

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Counts and rates, as plain JSON types."""
        findings = [finding for verdict in self.verdicts for finding in verdict.findings]
        errors = Counter(f"{one.area}: {one.kind}" for one in findings if one.is_error)
        flags = Counter(f"{one.area}: {one.kind}" for one in findings if not one.is_error)
        return {
            "conversations": len(self.conversations),
            "turns": sum(len(one.turns) for one in self.conversations),
            "good": sum(verdict.is_good for verdict in self.verdicts),
            "names_read": self.names_read,
            "errors": dict(errors.most_common()),
            "flags": dict(flags.most_common()),
            "claims": _claims(self.verdicts),
            "diversity": diversity.measure(self.conversations),
        }


def check(conversations: Iterable[Conversation], options: CheckOptions | None = None) -> CheckResult:
    """Checks conversations.

    Args:
        conversations: all of a file.
        options: what is checked.
    """
    options = options or CheckOptions()
    names = Names(find_opsin() if options.opsin else None)
    found = with_subjects(list(conversations), names)
    checker = Checker(options, names, found)
    verdicts = [checker.verdict(one) for one in found]
    if options.find_duplicates:
        verdicts = _with_duplicates(found, verdicts)
    return CheckResult(found, verdicts, names.opsin is not None)


class Checker:
    """Checks one conversation at a time.

    Args:
        options: what is checked; comparing conversations is not done here.
        names: read by OPSIN.
        conversations: that decide which words are telling and which rules of form suit, and whose names are read at
            once.
    """

    def __init__(self, options: CheckOptions, names: Names, conversations: Sequence[Conversation]):
        self.options, self.names = options, names
        self.form = options.form or usual_rules(conversations)
        self._telling = vocabulary(one.context for one in conversations)
        self.learn_names(conversations)

    def learn_names(self, conversations: Iterable[Conversation]):
        """Reads all names in these conversations at once, which is much faster than one by one."""
        turns = [turn for one in conversations for turn in one.turns]
        self.names.learn(claim.name for turn in turns for claim in name_claims(turn.question, turn.answer))

    def verdict(self, conversation: Conversation) -> Verdict:
        """Of one conversation."""
        findings = list(check_form(conversation, self.form))
        checked, wrong, unchecked = Counter[str](), Counter[str](), Counter[str]()
        facts = None
        try:
            facts = None if conversation.subject is None else facts_of(conversation.subject)
        except MoleculeError as error:
            findings.append(Finding("form", "molecule", None, conversation.subject or "", str(error)))
        for number, turn in enumerate(conversation.turns):
            for one in judge(turn, facts, conversation.context, self.names):
                (unchecked if one.state == "unchecked" else checked)[one.kind] += 1
                if one.state == "wrong":
                    wrong[one.kind] += 1
                    findings.append(Finding("chemistry", one.kind, number, one.claim, one.truth))
        if conversation.context:
            strict = self.options.strict
            findings += check_support(conversation.turns, conversation.context, facts, self._telling, strict=strict)
        findings += check_leakage(conversation, self.options.held_out)
        return Verdict(conversation.row, tuple(findings), checked, wrong, unchecked)


def find_opsin() -> Opsin | None:
    """OPSIN, if it is installed."""
    try:
        return Opsin.find()
    except ValueError:
        return None


def _with_duplicates(conversations: Sequence[Conversation], verdicts: Sequence[Verdict]) -> list[Verdict]:
    found = list(verdicts)
    for place, finding in diversity.check_duplicates(conversations):
        one = found[place]
        found[place] = Verdict(one.row, (*one.findings, finding), one.checked, one.wrong, one.unchecked)
    return found


def _claims(verdicts: Sequence[Verdict]) -> dict[str, dict[str, float]]:
    checked, wrong, unchecked = (
        _total(getattr(one, name) for one in verdicts) for name in ("checked", "wrong", "unchecked")
    )
    return {
        kind: {
            "checked": checked[kind],
            "wrong": wrong[kind],
            "error_rate": wrong[kind] / checked[kind] if checked[kind] else 0.0,
            "unchecked": unchecked[kind],
        }
        for kind in sorted(checked | unchecked)
    }


def _total(counts: Iterator[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return total
