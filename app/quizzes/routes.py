"""The page on which a quiz is imported. Apart from the other pages of benchmarks, because pages of
jobs, which it leads to, show what benchmarks found.
"""

from fastapi import APIRouter

from app.datasets import importing
from app.datasets.importing import ImportPage
from domain.errors import Word
from specs.kinds.quiz.quiz_import import QuizImport

router = APIRouter(prefix="/benchmarks")


importing.add_routes(
    router,
    ImportPage(
        spec_type=QuizImport,
        base="/benchmarks",
        back="/benchmarks",
        back_label=Word("Benchmarks"),
        first_fields=("name", "shape", "licence", "region", "scope"),
        others_label=Word("Words, form and limits"),
        file_help=Word(
            "A zip archive of tables and pictures, or a table in Parquet, JSONL or CSV; up to "
            "%(size)s."
        ),
    ),
)
