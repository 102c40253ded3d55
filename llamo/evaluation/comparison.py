"""Systems side by side on a task, our own and published ones: for the terminal, as Markdown and as JSON.

Shares such as BLEU, METEOR and exact match are shown times 100, as papers do; errors and correlations as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from llamo.evaluation.published import OTHER_DATA, Published, needs_tokenizer, published, tokenizer_family
from llamo.evaluation.result import Result
from llamo.metrics.scorer import Score

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table

SCALE = "Shares x 100, errors and correlations as they are; intervals in brackets."
# Metrics that are no shares: errors, correlations, distances, and numbers of rows or groups.
_PLAIN = {
    *("mae", "mae_all", "rmse", "r2", "spearman", "levenshtein"),
    *("unparsable", "bad_references", "valid_rows", "compared_rows", "single_class_groups"),
}
# Numbers about the rows, which tables leave out.
_ABOUT_ROWS = {"bad_references", "valid_rows", "compared_rows", "single_class_groups", "reference_readable"}
_LOWER_IS_BETTER = {"mae"}
_METRICS_PER_TABLE = 4
# In the note of a result that was limited to some rows.
_LIMITED = "the first "
_OURS = "ours"


@dataclass(frozen=True)
class Row:
    """A system's scores.

    Attributes:
        system: its name.
        tokenizer: whose tokens its BLEU and METEOR were counted on; None where unknown or none was needed.
        protocol: "ours", or how a published system was trained.
        scores: by metric.
        source: of published numbers.
        remark: what a reader has to mind.
        rows: number of rows that were scored; None for published numbers.
        notes: of the result.
    """

    system: str
    tokenizer: str | None
    protocol: str
    scores: Mapping[str, Score]
    source: str = ""
    remark: str = ""
    rows: int | None = None
    notes: Sequence[str] = ()

    @property
    def ours(self) -> bool:
        """Whether it was measured here, not taken from a paper."""
        return self.protocol == _OURS

    @property
    def limited(self) -> bool:
        """Whether only the first rows were asked."""
        return any(_LIMITED in note for note in self.notes)

    def labels(self) -> dict[str, str]:
        """What tables say of it besides its name and scores."""
        rows = "-" if self.rows is None else f"{self.rows:,}"
        return {"tokenizer": self.tokenizer or "-", "protocol": self.protocol, "rows": rows}


@dataclass(frozen=True)
class TaskComparison:
    """Systems on one task.

    Attributes:
        task: its name.
        title: of the task, in words.
        rows: our systems, then published ones.
        metrics: columns of the tables, published ones first. Numbers about rows, such as `valid_rows`, and scores of
            single groups, such as `mae[homo]`, are in the rows only.
        lower_is_better: names among `metrics`.
    """

    task: str
    title: str
    rows: Sequence[Row]
    metrics: Sequence[str]
    lower_is_better: frozenset[str]

    def only(self, metrics: Iterable[str]) -> "TaskComparison":
        """The same for a choice of metrics."""
        chosen = set(metrics)
        return replace(self, metrics=[metric for metric in self.metrics if metric in chosen])

    def best(self) -> set[tuple[int, str]]:
        """Row and metric of the best among two or more systems whose scores compare."""
        return {
            (row, metric)
            for metric in self.metrics
            for rows in self._rivals(metric)
            for row in self._first(rows, metric)
        }

    def tokenizers_differ(self) -> bool:
        """Whether some scores must not be compared, since tokens were counted differently or nobody knows how."""
        return any(
            len({row.tokenizer for row in self.rows if metric in row.scores}) > 1
            for metric in self.metrics
            if needs_tokenizer(metric)
        )

    def _rivals(self, metric: str) -> list[list[int]]:
        known = [
            place
            for place, row in enumerate(self.rows)
            if metric in row.scores and _is_number(row.scores[metric]) and (row.ours or self.task not in OTHER_DATA)
        ]
        groups: dict[tuple[int | None, str | None], list[int]] = {}
        for place in known:
            row = self.rows[place]
            if row.tokenizer or not needs_tokenizer(metric):
                key = (
                    row.rows if row.ours else self._rows_of_published,
                    row.tokenizer if needs_tokenizer(metric) else "",
                )
                groups.setdefault(key, []).append(place)
        return list(groups.values())

    @property
    def _rows_of_published(self) -> int | None:
        """With how many rows of ours published numbers compare: all there are; None where these were limited."""
        most = max((row.rows or 0 for row in self.rows), default=0)
        return None if any(row.limited for row in self.rows if row.rows == most) else most

    def _first(self, rows: list[int], metric: str) -> list[int]:
        if len(rows) < 2:
            return []
        choose = min if metric in self.lower_is_better else max
        top = choose(self.rows[row].scores[metric].value for row in rows)
        return [row for row in rows if self.rows[row].scores[metric].value == top]

    def tables(self) -> list["Table"]:
        """For the terminal, as many as it takes to stay narrow; the best in bold, published metrics first."""
        starts = range(0, len(self.metrics), _METRICS_PER_TABLE)
        return [self._table(self.metrics[start : start + _METRICS_PER_TABLE]) for start in starts]

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.text import Text

        yield Text(f"{self.title}. {SCALE}", style="bold")
        yield from self.tables()
        yield from (Text(remark) for remark in self.remarks())

    def _table(self, metrics: Sequence[str]) -> "Table":
        """Some metrics of the systems that have any of them."""
        from rich.table import Table

        shown_rows = {place: row for place, row in enumerate(self.rows) if not row.scores.keys().isdisjoint(metrics)}
        shared = _shared([row.labels() for row in shown_rows.values()])
        said = ", ".join(f"{name} {value}" for name, value in shared.items() if value != "-")
        table = Table("system", caption=_plain(said) or None)
        for name in ("tokenizer", "protocol", "rows"):
            if name not in shared:
                table.add_column(name, justify="right" if name == "rows" else "left")
        for metric in metrics:
            table.add_column(metric, justify="right")
        best = self.best()
        for place, row in shown_rows.items():
            cells = {metric: _plain(_cell(row.scores.get(metric), metric, between="\n")) for metric in metrics}
            marked = [f"[bold green]{cell}[/]" if (place, metric) in best else cell for metric, cell in cells.items()]
            labels = [_plain(value) for name, value in row.labels().items() if name not in shared]
            table.add_row(_plain(row.system), *labels, *marked)
        return table

    def markdown(self) -> str:
        """A table with a heading; the best in bold."""
        best = self.best()
        lines = [
            f"### {self.title}",
            "",
            SCALE,
            "",
            "| system | tokenizer | protocol | rows | " + " | ".join(self.metrics) + " |",
        ]
        lines.append("|---|---|---|---:|" + "---:|" * len(self.metrics))
        for place, row in enumerate(self.rows):
            cells = [_cell(row.scores.get(metric), metric, between=" ") for metric in self.metrics]
            marked = [
                f"**{cell}**" if (place, metric) in best else cell
                for metric, cell in zip(self.metrics, cells, strict=True)
            ]
            texts = [*map(_in_cell, (row.system, *row.labels().values())), *marked]
            lines.append("| " + " | ".join(texts) + " |")
        return "\n".join([*lines, "", " ".join(self.remarks()), ""])

    def to_dict(self) -> dict[str, Any]:
        """For JSON: fractions, not per cent."""
        return {
            "task": self.task,
            "title": self.title,
            "lower_is_better": sorted(self.lower_is_better),
            "rows": [
                {
                    "system": row.system,
                    "tokenizer": row.tokenizer,
                    "protocol": row.protocol,
                    "rows": row.rows,
                    "scores": {metric: score.to_dict() for metric, score in row.scores.items()},
                    "source": row.source,
                    "remark": row.remark,
                    "notes": list(row.notes),
                }
                for row in self.rows
            ],
            "best": [{"system": self.rows[row].system, "metric": metric} for row, metric in sorted(self.best())],
        }

    def remarks(self) -> list[str]:
        """What a reader of the table has to mind, and where its numbers are from."""
        notes = []
        if self.tokenizers_differ():
            notes.append("BLEU and METEOR depend on the tokenizer: compare them only where it is the same.")
        for text in dict.fromkeys(text for row in self.rows for text in (row.remark, *row.notes) if text):
            systems = ", ".join(dict.fromkeys(row.system for row in self.rows if text in (row.remark, *row.notes)))
            notes.append(f"{systems}: {text}")
        if self.task in OTHER_DATA:
            notes.append(OTHER_DATA[self.task])
        sources = dict.fromkeys(row.source for row in self.rows if row.source)
        return [*notes, f"Published numbers: {'; '.join(sources)}."] if sources else notes


@dataclass(frozen=True)
class Comparison:
    """One comparison per task, in the order the tasks were met; `Console.print` shows the tables."""

    tasks: Sequence[TaskComparison]

    def markdown(self) -> str:
        """All tables."""
        return "\n".join(task.markdown() for task in self.tasks)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"tasks": [task.to_dict() for task in self.tasks]}

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        yield from self.tasks


def comparison(results: Sequence[Result], *, ablations: bool = False) -> Comparison:
    """Results beside what papers report for the same tasks.

    Args:
        results: of any systems on any tasks.
        ablations: whether the variants of LLaMo in its paper are shown as well.

    Raises:
        ValueError: there are no results.
    """
    if not results:
        raise ValueError("there are no results to compare; give at least one")
    tasks = dict.fromkeys(result.task for result in results)
    return Comparison([_of_task([one for one in results if one.task == task], ablations) for task in tasks])


def is_share(metric: str) -> bool:
    """Whether a score lies between 0 and 1 and is shown times 100; `mae[homo]`, of a group, is what `mae` is."""
    return metric.partition("[")[0] not in _PLAIN


def shown(metric: str, value: float) -> str:
    """A score as papers print it: a share times 100 with one decimal, anything else as it is."""
    if not _is_number(Score(value)):
        return "-"
    return f"{100 * value:.1f}" if is_share(metric) else f"{value:.4g}"


def shown_interval(metric: str, score: Score) -> str:
    """`[low, high]`; nothing where there is no interval."""
    if score.low is None or score.high is None:
        return ""
    return f"[{shown(metric, score.low)}, {shown(metric, score.high)}]"


def _of_task(results: Sequence[Result], ablations: bool) -> TaskComparison:
    rows = [*map(_our_row, results), *_published_rows(published(results[0].task, ablations=ablations))]
    # Published systems are the last rows.
    metrics = dict.fromkeys(metric for row in reversed(rows) for metric in row.scores if _has_column(metric))
    lower = _LOWER_IS_BETTER.union(*(result.lower_is_better for result in results))
    return TaskComparison(results[0].task, results[0].title, rows, list(metrics), frozenset(lower & set(metrics)))


def _our_row(result: Result) -> Row:
    tokenizer = tokenizer_family(result.settings.get("tokenizer"))
    return Row(result.system, tokenizer, _OURS, result.scores, rows=len(result.answers), notes=tuple(result.notes))


def _has_column(metric: str) -> bool:
    return "[" not in metric and metric not in _ABOUT_ROWS


def _published_rows(numbers: Sequence[Published]) -> list[Row]:
    rows = []
    for system, protocol in dict.fromkeys((one.system, one.protocol) for one in numbers):
        own = [one for one in numbers if (one.system, one.protocol) == (system, protocol)]
        tokenizer = next((one.tokenizer for one in own if one.tokenizer), None)
        scores = {one.metric: Score(one.value) for one in own}
        remark = next((one.remark for one in own if one.remark), "")
        rows.append(Row(system, tokenizer, protocol, scores, own[0].source, remark))
    return rows


def _cell(score: Score | None, metric: str, *, between: str) -> str:
    if score is None:
        return "-"
    return between.join(filter(None, [shown(metric, score.value), shown_interval(metric, score)]))


def _shared(labels: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Tokenizer and protocol where all rows have the same."""
    return {
        name: labels[0][name]
        for name in ("tokenizer", "protocol")
        if labels and len({label[name] for label in labels}) == 1
    }


def _is_number(score: Score) -> bool:
    return score.to_dict()["value"] is not None


def _plain(text: str) -> str:
    """Text in which rich sees no mark-up: names such as benzo[a]pyrene have brackets."""
    return text.replace("[", r"\[")


def _in_cell(text: str) -> str:
    """Text that ends no cell of a Markdown table."""
    return " ".join(text.replace("|", r"\|").split())
