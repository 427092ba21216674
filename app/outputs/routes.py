"""Outputs of models, as they were written, and the import of such that were made elsewhere. For
researchers and admins; raters get theirs from their study alone.
"""

import uuid

from fastapi import APIRouter
from starlette.responses import Response

from app.datasets import importing
from app.datasets.importing import ImportPage
from app.dependencies import Researcher, SessionDep
from domain.errors import Word
from domain.outputs import service as outputs
from specs.kinds.outputs.outputs_import import OutputsImport

router = APIRouter(prefix="/outputs")

# What is published never changes: another picture has another address.
_HEADERS = {"Cache-Control": "private, max-age=31536000, immutable"}

importing.add_routes(
    router,
    ImportPage(
        spec_type=OutputsImport,
        base="/outputs",
        back="/variants",
        back_label=Word("Variants"),
        first_fields=("name", "licence", "strict"),
        others_label=Word("Format, arms and limits"),
        file_help=Word(
            "A zip archive of a table and pictures, or a table of answers in Parquet, JSONL or "
            "CSV; up to %(size)s."
        ),
    ),
)


@router.get("/{output_id}/picture")
def show_picture(session: SessionDep, person: Researcher, output_id: uuid.UUID) -> Response:
    output = outputs.get(session, output_id)
    data, media_type = outputs.read_picture(session, output)
    return Response(data, media_type=media_type, headers=_HEADERS)


@router.get("/{output_id}/question")
def show_question_picture(
    session: SessionDep, person: Researcher, output_id: uuid.UUID
) -> Response:
    """The picture that an answer is about."""
    output = outputs.get(session, output_id)
    data, media_type = outputs.read_question_picture(session, output)
    return Response(data, media_type=media_type, headers=_HEADERS)
