"""The metrics of each kind of task. What they need loads when they are made."""

from collections.abc import Sequence

from transformers.utils import logging

from llamo.metrics.scorer import Scorer

logger = logging.get_logger(__name__)


def description(tokenizer: str) -> Sequence[Scorer]:
    """BLEU, METEOR and ROUGE; the last on words."""
    from llamo.metrics.bleu import BleuScorer
    from llamo.metrics.meteor import MeteorScorer
    from llamo.metrics.rouge import RougeScorer

    return [BleuScorer(tokenizer=tokenizer), MeteorScorer(tokenizer=tokenizer), RougeScorer()]


def iupac(tokenizer: str) -> Sequence[Scorer]:
    """Those of descriptions, equal names, and names of the same molecule where OPSIN is installed."""
    from llamo.metrics.iupac_structure import IupacStructureScorer
    from llamo.metrics.name_match import NameMatchScorer

    found = [*description(tokenizer), NameMatchScorer()]
    try:
        return [*found, IupacStructureScorer()]
    except ValueError as error:
        logger.warning(f"names are not compared by their molecules: {error}")
        return found


def questions(tokenizer: str) -> Sequence[Scorer]:
    """Equal answers and shared words, and the metrics of descriptions."""
    from llamo.metrics.open_answer import OpenAnswerScorer

    return [OpenAnswerScorer(), *description(tokenizer)]


def number(tokenizer: str) -> Sequence[Scorer]:
    """Errors."""
    from llamo.metrics.numbers import NumberScorer

    return [NumberScorer()]


def yes_no(tokenizer: str) -> Sequence[Scorer]:
    """Accuracy, F1 and the area under the ROC curve."""
    from llamo.metrics.classification import ClassificationScorer

    return [ClassificationScorer()]


def choice(tokenizer: str) -> Sequence[Scorer]:
    """Accuracy, with chance beside it."""
    from llamo.metrics.choice import ChoiceScorer

    return [ChoiceScorer(choices=tuple("ABCD"))]


def smiles(tokenizer: str) -> Sequence[Scorer]:
    """Exact match, validity and fingerprints; edit distance and BLEU on characters, whatever the tokenizer."""
    from llamo.metrics.bleu import BleuScorer
    from llamo.metrics.exact_match import ExactMatchScorer
    from llamo.metrics.fingerprints import FingerprintScorer
    from llamo.metrics.levenshtein import LevenshteinScorer
    from llamo.metrics.validity import ValidityScorer

    characters = BleuScorer(tokenizer="characters")
    return [ExactMatchScorer(), ValidityScorer(), FingerprintScorer(), LevenshteinScorer(), characters]
