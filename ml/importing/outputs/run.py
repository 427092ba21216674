"""Imports outputs: pictures or answers of several models (arms), each of a prompt.

The table is gone through twice: once to see whether its rows agree with each other, which costs
little, and once to look at every picture. What is wrong with a row is listed with its reason.

Out come outputs.jsonl (as images.generate writes it), prompts.jsonl, pictures/ with every picture
as it came, problems.parquet and import.json. Knows nothing of who asked, and reads nothing outside
the table's folder.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import PIL
import pyarrow as pa

from ml import files
from ml.datasets import pictures, shards
from ml.datasets.archives import ArchiveLimits
from ml.datasets.problems import Problem, UnfitItem, UnreadableSource, shown
from ml.importing import ahead
from ml.importing.outputs import tables
from ml.importing.outputs.checking import Checker, Row
from ml.importing.outputs.examination import Examiner
from ml.importing.outputs.ledger import Ledger
from ml.importing.outputs.tables import Table
from ml.importing.unpacking import unpack
from ml.progress import Progress, Stopped, word
from specs import prompts
from specs.kinds.outputs.outputs_import import OutputsImport

FORMAT_VERSION = 1
MOST_SHOWN = 20  # problems in the result; all of them are in problems.parquet
_MOST_IN_SENTENCE = 5


def import_outputs(
    spec: OutputsImport,
    *,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
    path: str,
    source_name: str = "",
    named_prompts: str = "",
    archive_limits: ArchiveLimits | None = None,
) -> dict[str, Any]:
    """`path` is where the source lies on this machine; sentences call it `source_name`. A set of
    prompts that has the specification's name already has the digest `named_prompts`.
    """
    name = source_name or spec.source
    state_dir.mkdir(parents=True, exist_ok=True)
    limits = archive_limits or ArchiveLimits()
    unpacked, mark = unpack(Path(path), name, state_dir, progress, limits)
    table = tables.find(unpacked, name, spec.format)
    surveyed = _survey(spec, table, named_prompts, progress)
    ledger = Ledger(state_dir, f"{mark} {spec.digest()}")
    try:
        with pictures.pillow_settings():
            _take_in(spec, table, ledger, surveyed.num_rows, progress)
    finally:
        ledger.close()
    problems = ledger.list_problems()
    if problems and (spec.strict or len(problems) == surveyed.num_rows):
        raise _refuse(spec, table, problems, surveyed.num_rows)
    return _publish(spec, name, table, ledger, surveyed, problems, out_dir)


def _survey(spec: OutputsImport, table: Table, named_prompts: str, progress: Progress) -> Checker:
    """What can be refused before any picture is looked at."""
    checker = Checker(spec=spec)
    problems: list[Problem] = []
    for row in _check_rows(checker, table):
        progress.check()
        progress.update(checker.num_rows, unit=word("rows"), message=word("Checking"))
        if isinstance(row, Problem):
            problems.append(row)
    if not checker.num_rows:
        raise UnreadableSource(f"'{table.name}' holds no rows.")
    if problems and (spec.strict or len(problems) == checker.num_rows):
        raise _refuse(spec, table, problems, checker.num_rows)
    if named_prompts and named_prompts != _digest(checker):
        raise UnreadableSource(
            f"There is already a prompt set named '{shown(spec.name)}', and its prompts are others "
            f"than the {len(checker.prompts):,} of '{table.name}'. Choose another name."
        )
    return checker


def _check_rows(checker: Checker, table: Table) -> Iterator[Row | Problem]:
    for line in tables.read(table):
        try:
            yield checker.check(line)
        except UnfitItem as unfit:
            yield unfit.about(line.reference)


def _take_in(
    spec: OutputsImport, table: Table, ledger: Ledger, num_rows: int, progress: Progress
) -> None:
    """Rows before the checkpoint are checked again, because later ones are held against them."""
    rows = _check_rows(Checker(spec=spec), table)
    for _ in zip(range(ledger.point.position), rows, strict=False):
        progress.check()
    examiner = Examiner(spec=spec, root=table.root)
    try:
        for looked in ahead.run(examiner.look, rows):
            progress.check()
            ledger.take(looked)
            progress.update(
                ledger.point.position,
                num_rows,
                unit=word("rows"),
                metrics={"problems": ledger.num_problems},
            )
    except Stopped:
        ledger.save()
        raise
    ledger.save()


def _refuse(
    spec: OutputsImport, table: Table, problems: list[Problem], num_rows: int
) -> UnreadableSource:
    listed = " ".join(
        f"{each.reference.capitalize()}: {each.message}" for each in problems[:_MOST_IN_SENTENCE]
    )
    more = len(problems) - _MOST_IN_SENTENCE
    rest = f" And {more:,} more." if more > 0 else ""
    if len(problems) == num_rows:
        return UnreadableSource(
            f"None of the {num_rows:,} rows of '{table.name}' can be imported. {listed}{rest}"
        )
    assert spec.strict, "Else rows that are right would be imported."
    return UnreadableSource(
        f"{len(problems):,} of the {num_rows:,} rows of '{table.name}' are wrong, so nothing is "
        f"imported: all or nothing was asked for. {listed}{rest}"
    )


def _digest(checker: Checker) -> str:
    return prompts.digest(list(checker.prompts.values()))


def _publish(
    spec: OutputsImport,
    name: str,
    table: Table,
    ledger: Ledger,
    surveyed: Checker,
    problems: list[Problem],
    out_dir: Path,
) -> dict[str, Any]:
    size_bytes = ledger.publish(out_dir)
    files.write_text(out_dir / "prompts.jsonl", prompts.write(list(surveyed.prompts.values())))
    shards.write_problems(out_dir / "problems.parquet", problems)
    point = ledger.point
    facts = {
        "format_version": FORMAT_VERSION,
        "name": spec.name,
        "source": spec.source,
        "source_name": name,
        "table": table.name,
        "format": table.format,
        "licence": spec.licence,
        "prompts_digest": _digest(surveyed),
        "num_rows": surveyed.num_rows,
        "num_outputs": point.num_pictures + point.num_answers,
        "num_pictures": point.num_pictures,
        "num_answers": point.num_answers,
        "num_prompts": len(surveyed.prompts),
        "num_problems": len(problems),
        "size_bytes": size_bytes,
        "arms": [{"arm": arm, "num_outputs": count} for arm, count in point.arms.items()],
        "reasons": point.reasons,
        "problems": [
            {"reference": each.reference, "reason": str(each.reason), "message": each.message}
            for each in problems[:MOST_SHOWN]
        ],
        "versions": {"pillow": PIL.__version__, "pyarrow": pa.__version__},
    }
    files.write_json(out_dir / "import.json", facts)
    return facts
