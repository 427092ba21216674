"""Imports a quiz: published questions about pictures, or our own, with everything that is wrong.

Out come quiz.json, questions.jsonl and pictures/ with every picture as it came (see
ml.loading.quizzes), problems.jsonl and import.json. Knows nothing of who asked, and reads nothing
outside the source's folder.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ml import files
from ml.datasets import pictures
from ml.datasets.archives import ArchiveLimits
from ml.datasets.problems import Problem, UnreadableSource, shown
from ml.importing import ahead
from ml.importing.quizzes import dishes, tables
from ml.importing.quizzes.examination import Examiner, Looked, find_limits
from ml.importing.quizzes.gallery import Gallery
from ml.importing.quizzes.ledger import Ledger, join_answers
from ml.importing.quizzes.names import Names
from ml.importing.quizzes.shapes import own, registry
from ml.importing.quizzes.tables import Line, Table
from ml.importing.unpacking import unpack
from ml.loading import quizzes
from ml.progress import Progress, Stopped, word
from specs.kinds.quiz.quiz_import import QuizImport
from specs.quiz import QuizItem
from specs.region import Region

FORMAT_VERSION = 1
MOST_SHOWN = 20  # problems in the result; all of them are in problems.jsonl
_MOST_IN_SENTENCE = 5


def import_quiz(
    spec: QuizImport,
    *,
    path: str,
    region: Region | None = None,
    source_name: str = "",
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
    archive_limits: ArchiveLimits | None = None,
) -> dict[str, Any]:
    """`path` is where the source lies on this machine; sentences call it `source_name`. `region`
    is the one that the specification names.
    """
    name = source_name or spec.source
    state_dir.mkdir(parents=True, exist_ok=True)
    limits = archive_limits or ArchiveLimits()
    unpacked, mark = unpack(Path(path), name, state_dir, progress, limits)
    asked, beside = _sort(tables.find(unpacked.resolve(), name, spec.format), name, spec)
    known = dishes.read(beside, asked, state_dir / "dishes", progress)
    examiner = Examiner(
        spec=spec,
        names=Names(region),
        gallery=Gallery(_find_root(unpacked), find_limits(spec), known.pictures),
        shapes=asked,
        countries=known.countries,
    )
    ledger = Ledger(state_dir, f"{mark} {spec.digest()}")
    try:
        with pictures.pillow_settings():
            _take_in(spec, examiner, ledger, progress)
    finally:
        ledger.close()
    return _publish(spec, name, examiner, ledger, out_dir)


def _find_root(unpacked: Path) -> Path:
    """No picture is read from outside this folder."""
    return unpacked if unpacked.is_dir() else unpacked.parent


def _sort(
    found: Sequence[Table], name: str, spec: QuizImport
) -> tuple[dict[Table, str], list[Table]]:
    """Tables of questions with their shapes, all of one format, and tables of any that say more
    about what is asked.
    """
    beside = list(filter(dishes.is_table, found))
    rest = [table for table in found if table not in beside]
    if beside and not rest:
        raise UnreadableSource(f"'{beside[0].name}' holds dishes and no questions.")
    asked = {
        table: registry.choose(tables.read_header(table), spec.shape, table.name)
        for table in tables.choose(rest, name, spec.format)
    }
    return asked, beside


def _take_in(spec: QuizImport, examiner: Examiner, ledger: Ledger, progress: Progress) -> None:
    lines = chain.from_iterable(map(tables.read, examiner.shapes))
    rest = islice(lines, ledger.point.position, None)

    def look(line: Line) -> tuple[str, Looked]:
        return line.reference, examiner.look(line)

    try:
        for reference, looked in () if _has_enough(spec, ledger) else ahead.run(look, rest):
            progress.check()
            ledger.take(looked, reference)
            progress.update(
                ledger.point.position,
                unit=word("rows"),
                metrics={"problems": ledger.num_problems},
            )
            if _has_enough(spec, ledger):
                break
    except Stopped:
        ledger.save()
        raise
    ledger.save()


def _has_enough(spec: QuizImport, ledger: Ledger) -> bool:
    return spec.max_questions is not None and ledger.num_questions >= spec.max_questions


def _publish(
    spec: QuizImport, name: str, examiner: Examiner, ledger: Ledger, out_dir: Path
) -> dict[str, Any]:
    items = ledger.list_items()[: spec.max_questions]
    problems = ledger.list_problems()
    if not items:
        raise _refuse(name, problems, ledger)
    if spec.accepted == "group":
        items = join_answers(items)
    for picture in sorted({item.picture for item in items if item.picture}):
        files.place(ledger.folder / picture, out_dir / picture)
    written = quizzes.write(out_dir, items, name=spec.name, licence=spec.licence)
    lines = (json.dumps(vars(problem), ensure_ascii=False) for problem in problems)
    files.write_text(out_dir / "problems.jsonl", "".join(f"{line}\n" for line in lines))
    facts = {
        **vars(written),
        **_describe(spec, name, examiner, ledger, problems),
        "num_pictures": len({item.sha256 for item in items if item.sha256}),
        "size_bytes": _measure(items, out_dir),
    }
    files.write_json(out_dir / "import.json", facts)
    return facts


def _describe(
    spec: QuizImport,
    name: str,
    examiner: Examiner,
    ledger: Ledger,
    problems: Sequence[Problem],
) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "source": spec.source,
        "source_name": name,
        "shapes": sorted(set(examiner.shapes.values())),
        "tables": [table.name for table in examiner.shapes],
        "num_rows": ledger.point.position,
        "num_problems": len(problems),
        "num_passed_over": ledger.point.num_passed_over,
        "reasons": ledger.point.reasons,
        "problems": [vars(problem) for problem in problems[:MOST_SHOWN]],
        "notes": list(_list_notes(examiner)),
    }


def _list_notes(examiner: Examiner) -> Iterator[str]:
    """Columns of ours that nobody reads may be misspelt: it is said."""
    for table, shape in examiner.shapes.items():
        unknown = [each for each in tables.read_header(table) if each not in own.KNOWN]
        if shape == "own" and unknown:
            listed = ", ".join(shown(column) for column in unknown[: tables.MOST_LISTED])
            yield f"Columns of '{table.name}' that were not read: {listed}."


def _measure(items: Sequence[QuizItem], folder: Path) -> int:
    return sum((folder / name).stat().st_size for name in {each.picture for each in items} if name)


def _refuse(name: str, problems: Sequence[Problem], ledger: Ledger) -> UnreadableSource:
    if not problems and ledger.point.num_passed_over:
        return UnreadableSource(
            f"None of the {ledger.point.num_passed_over:,} questions of '{shown(name)}' is in a "
            "language that was asked for."
        )
    if not problems:
        return UnreadableSource(f"'{shown(name)}' holds no questions.")
    listed = " ".join(f"{each.reference}: {each.message}" for each in problems[:_MOST_IN_SENTENCE])
    more = len(problems) - _MOST_IN_SENTENCE
    rest = f" And {more:,} more." if more > 0 else ""
    return UnreadableSource(
        f"None of the {ledger.point.position:,} rows of '{shown(name)}' can be imported. "
        f"{listed}{rest}"
    )
