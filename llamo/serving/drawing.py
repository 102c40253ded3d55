"""`/draw?smiles=`: a molecule as SVG, in the colours of the page that holds it."""

import re

from fastapi import APIRouter, Request, Response

from llamo.evaluation.report.drawing import draw
from llamo.serving.errors import RequestError
from llamo.serving.prompts import PromptBuilder
from llamo.serving.service import Service

router = APIRouter()
_STYLE = re.compile(r"""style=(['"])(.*?)\1""")


@router.get("/draw")
async def picture(smiles: str, request: Request) -> Response:
    """The picture of a molecule."""
    service: Service = request.app.state.service
    service.engine.reserve()
    try:
        svg = await service.prepare(_svg, smiles.strip(), service.prompts)
    finally:
        service.engine.release()
    return Response(svg, media_type="image/svg+xml")


def _svg(smiles: str, prompts: PromptBuilder) -> str:
    prompts.molecule(smiles, "smiles")  # what may be drawn is what may be asked about
    parts = draw(smiles)
    if parts[0].reason:
        raise RequestError(f"smiles: no picture, {parts[0].reason}", status=422, param="smiles", code="no_picture")
    return without_style(parts[0].svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def without_style(svg: str) -> str:
    """The same drawing with attributes, since a strict Content-Security-Policy takes no style."""
    return _STYLE.sub(lambda style: _attributes(style[2]), svg)


def _attributes(style: str) -> str:
    pairs = (pair.split(":", 1) for pair in style.split(";") if ":" in pair)
    return " ".join(f"{name.strip()}='{value.strip()}'" for name, value in pairs)
