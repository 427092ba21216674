"""A study of distillation as JSON, and back. What is none is told in a sentence."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.files.study import ReportFileWrong
from stats.distillation.rows import StudyUnfit
from stats.distillation.study import Study

_MARK = frozenset({"conditions", "teachers", "methods", "students", "rows"})


def write(study: Study) -> bytes:
    """The same study gives the same bytes."""
    text = json.dumps(study.to_json(), ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode()


def find(path: Path) -> Study | None:
    """None where the file is no study of distillation at all. Raises ReportFileWrong where it is
    one, and not a whole one.
    """
    try:
        facts = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError):
        return None
    if not isinstance(facts, Mapping) or not facts.keys() >= _MARK:
        return None
    return parse(facts, path.name)


def parse(facts: Mapping[str, Any], name: str) -> Study:
    try:
        return Study.from_json(facts)
    except StudyUnfit as error:
        raise ReportFileWrong(f"'{name}' cannot be read. {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ReportFileWrong(
            f"'{name}' is no whole study of distillation: {type(error).__name__}, {error}."
        ) from error
