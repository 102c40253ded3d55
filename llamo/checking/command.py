"""`llamo check-instructions`: checks a file, writes reports and review sheets, prints what was found."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from llamo.checking.check import CheckOptions, CheckResult, check
from llamo.checking.form import usual_rules
from llamo.checking.leakage import held_out_by
from llamo.checking.reading import read_conversations
from llamo.checking.report.page import write_report
from llamo.checking.review import agreement, write_sheet
from llamo.data.sources import DataSource


@dataclass(frozen=True)
class Request:
    """What the command line says.

    Attributes:
        file: of conversations.
        output: folder for reports and sheets.
        tests: test sets that should not be in it.
        data_folder: where tasks' files are.
        strict: claims that nothing backs are errors.
        min_turns: questions of a conversation at least.
        max_turns: questions at most.
        max_rows: the first rows only.
        sample: conversations on a review sheet.
        seed: of the sample.
    """

    file: Path
    output: Path | None = None
    tests: Sequence[str] = ()
    data_folder: Path | None = None
    strict: bool = False
    min_turns: int = 1
    max_turns: int = 200
    max_rows: int | None = None
    sample: int | None = None
    seed: int = 0


def check_file(request: Request) -> CheckResult:
    """Checks a file, and writes what the request wants to be written.

    Raises:
        ValueError: the file cannot be read, holds no conversation, or an option is wrong.
    """
    if request.sample is not None and request.output is None:
        raise ValueError("--sample needs --output: the folder for the review sheet")
    conversations = list(read_conversations(DataSource(str(request.file), max_rows=request.max_rows)))
    if not conversations:
        raise ValueError(f"{request.file}: no conversation is in it")
    rules = usual_rules(conversations, min_turns=request.min_turns, max_turns=request.max_turns)
    held_out = held_out_by(request.tests, data_folder=request.data_folder)
    result = check(conversations, CheckOptions(form=rules, held_out=held_out, strict=request.strict))
    if request.output is not None:
        write_report(result, request.output, title=request.file.name)
        if request.sample is not None:
            write_sheet(result, request.output, size=request.sample, seed=request.seed)
    return result


def show(result: CheckResult, *, as_json: bool):
    """Prints the summary."""
    if as_json:
        print(json.dumps(result.summary, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    summary, console = result.summary, Console()
    share = summary["good"] / summary["conversations"]
    console.print(
        f"{summary['conversations']:,} conversations, {summary['turns']:,} questions; {share:.1%} without an error"
    )
    if not summary["names_read"]:
        console.print("OPSIN is not installed: no name was read (pip install llamo[opsin], and Java)")
    claims = Table("claims about", "decided", "wrong", "error rate", "undecided")
    for kind, one in summary["claims"].items():
        rate = f"{one['error_rate']:.2%}" if one["checked"] else ""
        claims.add_row(kind, f"{one['checked']:,}", f"{one['wrong']:,}", rate, f"{one['unchecked']:,}")
    console.print(claims)
    found = Table("finding", "number", "")
    for name, number in summary["errors"].items():
        found.add_row(name, f"{number:,}", "error")
    for name, number in summary["flags"].items():
        found.add_row(name, f"{number:,}", "to look at")
    console.print(found)


def show_agreement(sheets: Sequence[Path], *, as_json: bool):
    """Prints how far experts agree."""
    found = agreement(sheets)
    if as_json:
        print(json.dumps(found, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("criterion", "rows", "mean", "Fleiss' kappa", "Cohen's kappa of pairs (none / linear / quadratic)")
    for criterion, one in found.items():
        pairs = "\n".join(
            f"{pair}: {' / '.join(f'{value:.2f}' for value in kappas.values())}"
            for pair, kappas in one["pairs"].items()
        )
        table.add_row(criterion, str(one["rows"]), f"{one['mean']:.2f}", f"{one['fleiss_kappa']:.2f}", pairs)
    Console().print(table)
