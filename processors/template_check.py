"""Whether the chat template of a processor that was loaded is there and whole enough to show a question."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError, TemplateSyntaxError
from transformers.utils.hub import cached_file

if TYPE_CHECKING:
    from processors.processing import LlamoProcessor

PLAIN_TEMPLATE = Path(__file__).with_name("chat_template.jinja")
_FILE = "chat_template.jinja"
_QUESTION = "Which one is it?"


def check_template(processor: "LlamoProcessor", place: Any, *, given: bool, options: dict[str, Any]):
    """Refuses a template that is no Jinja, shows no question, or got lost.

    Args:
        processor: as loaded.
        place: its folder or Hub id.
        given: whether the template was passed by the caller, so that the folder needs none.
        options: of `transformers.utils.cached_file`.

    Raises:
        ValueError: see above.
    """
    remedy = "copy or download the folder again, or pass chat_template"
    plain = PLAIN_TEMPLATE.read_text(encoding="utf-8")
    if not given and processor.chat_template == plain:  # read from there, or put in for want of one
        file = cached_file(str(place), _FILE, _raise_exceptions_for_missing_entries=False, **options)
        if file is None or Path(file).read_text(encoding="utf-8") != plain:
            raise ValueError(f"{place} lacks its {_FILE}, and the model would be asked in other words; {remedy}")
    try:
        shown = processor.apply_chat_template([{"role": "user", "content": _QUESTION}], tokenize=False)
    except TemplateSyntaxError as error:
        raise ValueError(f"{place}: its chat template ({_FILE}) is damaged: {error}; {remedy}") from error
    except TemplateError:
        return  # it asks for another conversation than this one
    if _QUESTION not in shown:
        raise ValueError(f"{place}: its chat template ({_FILE}) does not show the question; {remedy}")
