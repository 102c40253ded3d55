"""Writes conversations for a file of molecules, checks each, keeps what is good: `llamo build-instructions`.

The folder of a run holds `data/` (shards), `rejected.jsonl`, `bad_rows.jsonl`, `manifest.json`, `report.html` and
`report.json`, a dataset card, and `work.jsonl`, from which a run that was stopped goes on.
"""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llamo.checking.check import Checker, CheckOptions, CheckResult, check, find_opsin
from llamo.checking.conversation import Conversation
from llamo.checking.diversity import Duplicates, duplicate_of
from llamo.checking.finding import Verdict
from llamo.checking.form import FormRules
from llamo.checking.naming import Names
from llamo.checking.report.page import write_report
from llamo.data.bad_row import BadRow
from llamo.instructions.card import write_card
from llamo.instructions.material import Material
from llamo.instructions.shards import Format, record, write_lines, write_shards
from llamo.instructions.work_log import Done, WorkLog
from llamo.instructions.writer import Draft, Writer

MANIFEST = "manifest.json"
Watch = Callable[[WorkLog, str], None]


@dataclass(frozen=True)
class BuildOptions:
    """Of a run.

    Attributes:
        fewest: questions of a conversation at least.
        most: questions at most.
        attempts: at one row, where the backend can try again.
        strict: refuse claims that neither the context nor RDKit backs.
        held_out: structures that no conversation may be about (`held_out_by`).
        tests: names of these test sets.
        form: of the shards.
        shard_rows: conversations in one shard.
        licence: of the text that goes in, for the card.
        overwrite: begin anew in a folder that holds a run.
    """

    fewest: int = 3
    most: int = 8
    attempts: int = 2
    strict: bool = False
    held_out: Mapping[str, str] = field(default_factory=dict)
    tests: Sequence[str] = ()
    form: Format = "jsonl"
    shard_rows: int = 10_000
    licence: str = "other"
    overwrite: bool = False


def build(
    materials: Sequence[Material],
    writer: Writer,
    folder: Path,
    options: BuildOptions,
    *,
    bad_rows: Sequence[BadRow] = (),
    watch: Watch = lambda log, notes: None,
) -> dict[str, Any]:
    """Runs, or goes on, and gives the manifest.

    Args:
        materials: to write from.
        writer: that writes.
        folder: of the run.
        options: of it.
        bad_rows: rows of the input that could not be used, for the record.
        watch: is told after each draft.

    Raises:
        ValueError: the folder holds another run, or the backend gives up; what was written is kept.
    """
    settings = _settings(materials, writer, options)
    log = _open(folder, settings, overwrite=options.overwrite)
    for done in _work(materials, writer, log, options):
        log.add(done)
        watch(log, writer.notes())
    started = {"settings": settings, "finished": True, "cost": writer.notes()}
    return _finish(materials, log, folder, options, started, bad_rows)


def _settings(materials: Sequence[Material], writer: Writer, options: BuildOptions) -> dict[str, Any]:
    """All that the result depends on."""
    rows = [[one.row, one.smiles, one.context.text] for one in materials]
    checks = {name: getattr(options, name) for name in ("fewest", "most", "attempts", "strict")}
    return {
        "writer": writer.settings(),
        "input_rows": len(materials),
        "input_sha256": hashlib.sha256(json.dumps(rows).encode()).hexdigest(),
        "checks": {**checks, "held_out": list(options.tests), "held_out_structures": len(options.held_out)},
    }


def _open(folder: Path, settings: dict[str, Any], *, overwrite: bool) -> WorkLog:
    manifest = folder / MANIFEST
    if folder.exists() and any(folder.iterdir()):
        if not manifest.is_file():
            raise ValueError(f"{folder} holds something else; name a new folder")
        if overwrite:
            shutil.rmtree(folder)
        elif json.loads(manifest.read_text(encoding="utf-8"))["settings"] != json.loads(json.dumps(settings)):
            raise ValueError(
                f"{folder} holds a run with other settings or rows; name another folder, or --overwrite it"
            )
    folder.mkdir(parents=True, exist_ok=True)
    if not manifest.exists():
        _write_json(manifest, {"settings": settings, "finished": False})
    return WorkLog(folder)


def _work(materials: Sequence[Material], writer: Writer, log: WorkLog, options: BuildOptions) -> Iterator[Done]:
    """Drafts of all rows that have none that is good, attempt by attempt."""
    rules = FormRules(options.fewest, options.most, sentences_end=True)
    checks = CheckOptions(form=rules, held_out=options.held_out, strict=options.strict, find_duplicates=False)
    names = Names(find_opsin())
    checker = Checker(checks, names, [_conversation(one) for one in materials])
    seen = Duplicates()
    for done in log.taken():
        seen.add(done.row, _text(done))
    for attempt in range(options.attempts if writer.can_retry else 1):
        good, tried = {done.row for done in log.taken()}, log.attempts
        still_open = [one for one in materials if one.row not in good and tried[one.row] <= attempt]
        for start in range(0, len(still_open), writer.batch_size):
            drafts = list(writer.write(still_open[start : start + writer.batch_size], attempt=attempt))
            checker.learn_names([_conversation(draft.material, draft) for draft in drafts])
            yield from (
                _done(draft, attempt, checker, seen) for draft in sorted(drafts, key=lambda one: one.material.row)
            )


def _done(draft: Draft, attempt: int, checker: Checker, seen: Duplicates) -> Done:
    row = draft.material.row
    if draft.reason:
        return Done(row, attempt, draft.turns, (draft.reason,))
    conversation = _conversation(draft.material, draft)
    verdict = checker.verdict(conversation)
    if verdict.is_good:
        earlier = seen.add(row, conversation.text)
        if earlier is not None:
            verdict = Verdict(row, (*verdict.findings, duplicate_of(earlier)), verdict.checked)
    flags = tuple(str(one) for one in verdict.findings if not one.is_error)
    reasons = tuple(str(one) for one in verdict.findings if one.is_error)
    return Done(row, attempt, draft.turns, reasons, dict(verdict.checked), flags)


def _conversation(material: Material, draft: Draft | None = None) -> Conversation:
    return Conversation(material.row, (material.smiles,), draft.turns if draft else (), material.context)


def _text(done: Done) -> str:
    return Conversation(done.row, (), done.turns).text


def _finish(
    materials: Sequence[Material],
    log: WorkLog,
    folder: Path,
    options: BuildOptions,
    started: dict[str, Any],
    bad_rows: Sequence[BadRow],
) -> dict[str, Any]:
    by_row = {one.row: one for one in materials}
    taken, refused = log.taken(), log.refused()
    records = [record(one.row, by_row[one.row].smiles, one.turns, by_row[one.row].context) for one in taken]
    shards = write_shards(records, folder / "data", form=options.form, shard_rows=options.shard_rows)
    rejected = [{"smiles": by_row[one.row].smiles, **one.to_dict()} for one in refused]
    write_lines(rejected, folder / "rejected.jsonl")
    write_lines([one.to_dict() for one in bad_rows], folder / "bad_rows.jsonl")
    result = _report(taken, by_row, folder, options)
    manifest = {
        **started,
        "counts": _counts(log, bad_rows, taken, refused),
        "reject_reasons": _reasons(log),
        "shards": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in shards},
    }
    _write_json(folder / MANIFEST, manifest)
    write_card(folder, manifest, result.summary, licence=options.licence, form=options.form)
    return manifest


def _report(taken: Sequence[Done], by_row: Mapping[int, Material], folder: Path, options: BuildOptions) -> CheckResult:
    conversations = [
        Conversation(one.row, (by_row[one.row].smiles,), one.turns, by_row[one.row].context) for one in taken
    ]
    rules = FormRules(options.fewest, options.most)
    result = check(conversations, CheckOptions(form=rules, held_out=options.held_out, strict=options.strict))
    write_report(result, folder, title=folder.name)
    return result


def _counts(log: WorkLog, bad_rows: Sequence[BadRow], taken: Sequence[Done], refused: Sequence[Done]) -> dict[str, int]:
    return {
        "conversations": len(taken),
        "turns": sum(len(one.turns) for one in taken),
        "rejected_rows": len(refused),
        "bad_rows": len(bad_rows),
        "drafts": len(log.done),
        "flagged": sum(bool(one.flags) for one in taken),
    }


def _reasons(log: WorkLog) -> dict[str, int]:
    """Of all drafts that were refused; the part of a reason before its details."""
    found = Counter(reason.split(":")[0] for one in log.done for reason in one.reasons)
    return dict(found.most_common())


def _write_json(path: Path, content: dict[str, Any]):
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    partial.rename(path)
