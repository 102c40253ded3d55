"""`/v1/explanations`: what an answer was read from, and what it hangs on; see `llamo.explain`.

The model runs between decoding steps, a few variants of the molecules at a time.
"""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from jinja2 import TemplateError

from llamo.explain.asked import Asked
from llamo.explain.explaining import explain_in_steps
from llamo.explain.explanation import Explanation
from llamo.explain.page import render_view
from llamo.explain.prompt import answer_ids
from llamo.explain.steps import Steps, advance
from llamo.serving.bodies import ExplanationBody, MoleculePart
from llamo.serving.drawing import without_style
from llamo.serving.engine import PREFILL_TOKENS
from llamo.serving.errors import RequestError, timed_out
from llamo.serving.presence import unless_gone
from llamo.serving.prompts import one_line
from llamo.serving.service import Service
from processors import MoleculeGraph
from processors.molecule import parse

router = APIRouter()


@router.post("/v1/explanations")
async def create(body: ExplanationBody, request: Request) -> Response:
    """Explains an answer."""
    service: Service = request.app.state.service
    service.check_model(body.model)
    record = await unless_gone(request, _explain(body, service))
    return Response(status_code=499) if record is None else JSONResponse(record)


async def _explain(body: ExplanationBody, service: Service) -> dict[str, Any]:
    service.engine.reserve()
    try:
        async with asyncio.timeout(service.limits.timeout):
            steps = await service.prepare(_begin, body, service)
            made = None
            while made is None:
                made = await asyncio.wrap_future(service.engine.call(lambda: advance(steps)))
            return await service.prepare(_record, made, service.name)
    except TimeoutError:
        raise timed_out(service.limits.timeout, "explain a shorter one about fewer atoms") from None
    finally:
        service.engine.release()


def _begin(body: ExplanationBody, service: Service) -> Steps[Explanation]:
    """Reads text and molecules; what is left to do are steps of the model's thread."""
    asked, ids = _asked(body, service), _answer(body.answer, service)
    service.prompts.check_length(asked.prompt.ids)
    tokens, most = len(asked.prompt.ids) + len(ids), min(service.context or PREFILL_TOKENS, PREFILL_TOKENS)
    if tokens > most:
        raise RequestError(
            f"messages: prompt and answer have {tokens} tokens, at most {most} can be explained; shorten them",
            param="messages",
            code="context_length_exceeded",
        )
    options = {"attention": None, "batch_size": PREFILL_TOKENS // tokens}
    steps = explain_in_steps(service.engine.model, asked, ids, **options)
    advance(steps)
    return steps


def _asked(body: ExplanationBody, service: Service) -> Asked:
    extractor, smiles, graphs = service.prompts.processor.feature_extractor, [], []

    def read(text: str) -> MoleculeGraph:
        graphs.append(extractor.featurize(text))
        smiles.append(text)
        return graphs[-1]

    messages = service.prompts.reading(read).messages(body)
    atoms, most = sum(len(graph.node_ids) for graph in graphs), service.limits.explained_atoms
    if not 1 <= atoms <= most:
        raise RequestError(
            f"messages: the molecules have {atoms} atoms together, expected 1 to {most}, since each is left out once; "
            "ask about a molecule that is not too large",
            param="messages",
            code="too_many_atoms" if atoms else "no_molecule",
        )
    content = body.messages[-1].content
    parts = [] if isinstance(content, str) else [part for part in content if not isinstance(part, MoleculePart)]
    question = content if isinstance(content, str) else "".join(part.text for part in parts)
    mols = [parse(one) for one in smiles]
    try:
        return Asked.write(service.prompts.processor, question, messages, mols, graphs, sanitize=True)
    except (TemplateError, ValueError) as error:
        raise RequestError(f"messages: {one_line(error)}", param="messages") from error


def _answer(answer: str, service: Service) -> list[int]:
    try:
        ids = answer_ids(service.prompts.processor, answer)
    except ValueError as error:
        raise RequestError(f"answer: {error}", param="answer") from error
    most = service.limits.explained_tokens
    if len(ids) > most:
        raise RequestError(
            f"answer: it has {len(ids)} tokens, at most {most} can be explained; shorten it",
            param="answer",
            code="answer_too_long",
        )
    return ids


def _record(explanation: Explanation, model: str) -> dict[str, Any]:
    """The explanation's record under the model's public name, with `html`, its piece of the page."""
    record = {**explanation.to_dict(), "model": model}
    for one in record["molecules"]:
        one["svg"] = without_style(one["svg"])
    return {**record, "html": render_view(record)}
