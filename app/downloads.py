"""Reports and tables that are taken along."""

import re
import unicodedata

from starlette.responses import Response

_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "pdf": "application/pdf",
}


def send(data: bytes, study: str, what: str, kind: str) -> Response:
    """Of a study with this name."""
    headers = {
        "Content-Disposition": f'attachment; filename="{_name_file(study)}-{what}.{kind}"',
        "Cache-Control": "private, no-store",
    }
    return Response(data, media_type=_MEDIA[kind], headers=headers)


def _name_file(name: str) -> str:
    """Letters that every file system takes; of a name in another script its study's kind."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "study"
