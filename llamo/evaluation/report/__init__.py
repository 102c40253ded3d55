"""The report of an evaluation: one HTML file that needs nothing else, with scores, plots, cases and examples."""

from llamo.evaluation.report.page import write_report

__all__ = ["write_report"]
