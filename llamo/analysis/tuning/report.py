"""Findings about tuning, in words made of the numbers. Knows no model."""

from collections.abc import Mapping, Sequence

from llamo.analysis.finding import Finding, Table, Verdict
from llamo.analysis.intervals import Interval, difference, interval
from llamo.analysis.tuning.experiment import IN_CONTEXT, Settings
from llamo.analysis.tuning.figure import examples, ways
from llamo.analysis.tuning.training import ARMS, SIZE, STAGE_1

Numbers = Mapping[str, Sequence[Mapping[str, float]]]
MORE, PLAIN, TALK = ARMS
_ALONE = ("trained wording", "other wording", "after a description")
_INTERVALS = "Intervals are over seeds, paired."
_NONE = "With one seed there are no intervals, and nothing is decided."


def tuning(found: Numbers, settings: Settings, *, command: str) -> Finding:
    """Instruction tuning against none, and conversations against plain questions."""
    tuned = {name: _difference(found, name, MORE, "right, trained wording") for name in (PLAIN, TALK)}
    captions = {name: _difference(found, name, MORE, "caption loss") for name in (PLAIN, TALK)}
    talk = {way: _difference(found, TALK, PLAIN, f"right, {way}") for way in _ALONE}
    caption = _difference(found, TALK, PLAIN, "caption loss")
    several = len(found[STAGE_1]) > 1
    verdict = _verdict([talk["other wording"], talk["after a description"]], caption) if several else "undecided"
    usual = found[PLAIN][0]["most frequent, trained wording"]
    said = {name: _interval(found, name, "said, trained wording") for name in ARMS}
    right = ", ".join(f"{_interval(found, name, 'right, trained wording'):.0%} ({name})" for name in ARMS)
    text = (
        f"Models of {SIZE.layers} layers of width {SIZE.width} learned descriptions of {settings.learned} "
        f"molecules for {settings.steps[0]} steps (stage 1), then for {settings.steps[1]} more steps the same "
        "descriptions, with plain questions, or with conversations about the same molecules of as many tokens "
        f"({_seeds(found)}). Asked yes-or-no questions about {settings.kept // 2} other molecules "
        f"({found[PLAIN][0]['questions, trained wording']:.0f} questions; the more frequent answer is right for "
        f"{usual:.0%}), the model of more captions puts {said[MORE]:.0%} of its probability on yes or no, with "
        f"plain questions {said[PLAIN]:.0%}, with conversations {said[TALK]:.0%}. Right are {right}. "
        f"{_reading(found)} Against more captions: plain questions {_points(tuned[PLAIN])}, conversations "
        f"{_points(tuned[TALK])}. Conversations against plain questions: {_listed(talk)}. Loss of descriptions, "
        f"nats per token, against more captions: plain questions {captions[PLAIN]:+.3f}, conversations "
        f"{captions[TALK]:+.3f}; conversations against plain questions {caption:+.3f}. "
        f"{_INTERVALS if several else _NONE}"
    )
    return Finding(
        "tuning",
        "Are conversations better than plain questions, and either than none?",
        "Stage ablation (table 5): the second stage helps, and conversations written by a machine help further "
        "(descriptions BLEU-4 35.5, 37.2, 37.8).",
        verdict,
        text,
        command,
        figures=(ways(found, "Right yes-or-no answers by way of asking; dashed: the more frequent answer."),),
        tables=(_table(found, [*_ALONE]),),
        caveats=(
            "The language model begins with random weights and nothing is frozen, unlike the paper's.",
            "Conversations are written by templates from descriptions, not by GPT-4; their facts are RDKit's.",
            "Answers are read from the first token (yes or no), so that their form does not count.",
            "The verdict is about conversations against plain questions: supported where one of other wording and "
            "after a description is better or the loss of descriptions lower, and none worse.",
        ),
        numbers={"models": {name: list(map(dict, values)) for name, values in found.items()}},
    )


def in_context(
    found: Numbers, compact: Mapping[str, float], settings: Settings, *, questions: int, command: str
) -> Finding:
    """Solved examples in the prompt against tuning.

    Args:
        found: of the tiny models.
        compact: of the model that comes with the package.
        settings: of the tiny models.
        questions: that the compact model was asked in each way.
        command: that repeats it.
    """
    key = "right, trained wording"
    best = f"right, {IN_CONTEXT[-1]}"
    against = interval([one[key] - other[best] for one, other in zip(found[PLAIN], found[STAGE_1], strict=True)])
    gain = interval([one[best] - one[key] for one in found[STAGE_1]])
    said = ", ".join(f"{_interval(found, STAGE_1, f'said, {way}'):.0%}" for way in IN_CONTEXT)
    compact_shares = ", ".join(f"{compact[f'right, {way}']:.0%}" for way in IN_CONTEXT)
    text = (
        f"The model of stage 1 alone, which has seen descriptions only, answers {_shares(found, STAGE_1)} right "
        f"with 0, 2 and 4 solved examples in its prompt, and puts {said} of its probability on yes or no; 4 "
        f"examples change right answers by {_points(gain)}. The model tuned with plain questions gets "
        f"{_interval(found, PLAIN, key):.0%} without any example: {_points(against)} against 4 examples without "
        f"tuning ({_seeds(found)}, {settings.kept // 2} molecules). The compact model, tuned on facts, answers "
        f"{compact_shares} with 0, 2 and 4 examples ({questions} questions). Examples are about other molecules, "
        "half of them yes."
    )
    return Finding(
        "tuning-in-context",
        "Can examples in the prompt replace tuning?",
        "The paper tunes on instructions and reports in-context learning only for GPT-4 (0 to 4 examples: BLEU-4 "
        "0.8 to 27.0), below LLaMo's 38.9.",
        _verdict([against], Interval(0, 0, 0)) if len(found[STAGE_1]) > 1 else "undecided",
        text,
        command,
        figures=(examples(found, compact, "Right answers by number of solved examples in the prompt."),),
        tables=(_table(found, list(IN_CONTEXT), compact),),
        caveats=(
            "In-context learning comes with size; models of this size and language models from scratch need not "
            "show it.",
            "No model was trained with several molecules in a prompt.",
            "Claim and verdict are about tuning against examples at our scale, not about GPT-4.",
        ),
        numbers={
            "models": {name: list(map(dict, values)) for name, values in found.items()},
            "compact": dict(compact),
        },
    )


def _verdict(better: Sequence[Interval], loss: Interval) -> Verdict:
    """Of conversations: right answers should rise, the loss of descriptions fall."""
    signed = [*better, Interval(-loss.mean, -loss.high, -loss.low)]
    up, down = any(one.low > 0 for one in signed), any(one.high < 0 for one in signed)
    return "undecided" if up == down else "supports" if up else "contradicts"


def _reading(found: Numbers) -> str:
    """Whether any model knows more than which answer is the more frequent."""
    key = "right, trained wording"
    usual = "most frequent, trained wording"
    above = {name: interval([one[key] - one[usual] for one in values]) for name, values in found.items()}
    better = [name for name, one in above.items() if one.low > 0 and len(found[name]) > 1]
    if not better:
        return "No model is shown to beat the more frequent answer, so none is shown to read its molecules."
    return f"Better than the more frequent answer: {', '.join(better)}."


def _difference(found: Numbers, one: str, other: str, key: str) -> Interval:
    return difference([values[key] for values in found[one]], [values[key] for values in found[other]])


def _interval(found: Numbers, name: str, key: str) -> Interval:
    return interval([values[key] for values in found[name]])


def _points(found: Interval) -> str:
    mean, low, high = (round(100 * value) for value in found)
    return f"{mean:+d} points [{low}, {high}]"


def _listed(found: Mapping[str, Interval]) -> str:
    return ", ".join(
        f"{_points(one)} in {way}" if "wording" in way else f"{_points(one)} {way}" for way, one in found.items()
    )


def _shares(found: Numbers, name: str) -> str:
    return ", ".join(f"{_interval(found, name, f'right, {way}'):.0%}" for way in IN_CONTEXT)


def _seeds(found: Numbers) -> str:
    number = len(found[STAGE_1])
    return f"{number} seed{'s' if number > 1 else ''}"


def _table(found: Numbers, asked: list[str], compact: Mapping[str, float] | None = None) -> Table:
    rows = [
        (
            name,
            *(f"{_interval(found, name, f'right, {way}'):.0%}" for way in asked),
            f"{_interval(found, name, 'caption loss'):.3f}",
        )
        for name in found
    ]
    if compact:
        rows.append(("compact model", *(f"{compact[f'right, {way}']:.0%}" for way in asked), "not measured"))
    return Table(
        ("model", *asked, "loss of descriptions"), tuple(rows), "right answers; mean and 95 % interval over seeds"
    )
