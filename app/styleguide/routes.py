from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.status import HTTP_204_NO_CONTENT

from app import rendering
from app.dependencies import Researcher
from app.styleguide import pages

router = APIRouter()


@router.get("/styleguide")
def show_styleguide(request: Request, _person: Researcher) -> Response:
    return rendering.page(request, "styleguide/index.html", **pages.describe())


@router.get("/styleguide/toast")
def show_toast(request: Request, _person: Researcher, tone: rendering.Tone = "good") -> Response:
    response = Response(status_code=HTTP_204_NO_CONTENT)
    rendering.add_toast(request, response, f"This is how '{tone}' is said in passing.", tone)
    return response
