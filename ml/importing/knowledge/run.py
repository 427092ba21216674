"""Imports knowledge: passages out of Markdown, JSONL or CSV, with the pictures that they name.

Out come passages.jsonl, knowledge.json, pictures/ with every picture as it came, problems.parquet
and import.json. What is wrong is listed with its reason; a passage whose picture is wrong is kept
without it. An attempt that is cut off begins again: reading text takes seconds, and what a zip
archive holds stays unpacked. Knows nothing of who asked, and reads nothing outside the source.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ml import files
from ml.datasets import confinement, pictures, shards
from ml.datasets.archives import ArchiveLimits
from ml.datasets.pictures import Limits
from ml.datasets.problems import Problem, Reason, UnfitItem, UnreadableSource, shown
from ml.importing.kept_pictures import SUFFIXES
from ml.importing.knowledge import documents
from ml.importing.knowledge.checking import Checker
from ml.importing.knowledge.documents import Document
from ml.importing.knowledge.found import Found, Passage
from ml.importing.unpacking import unpack
from ml.progress import Progress, word
from specs import knowledge
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.knowledge import MOST_PASSAGES, PassageLine

FORMAT_VERSION = 1
# So many are looked at, whatever is wrong with them: each that is left out is kept as a sentence.
MOST_FOUND = 2 * MOST_PASSAGES
MOST_SHOWN = 20  # problems in the result; all of them are in problems.parquet
_MOST_IN_SENTENCE = 5


@dataclass(kw_only=True)
class _Taken:
    """What has been taken in so far."""

    lines: list[PassageLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    num_found: int = 0
    size_bytes: int = 0  # of the pictures

    @property
    def num_left_out(self) -> int:
        return sum(not problem.is_kept for problem in self.problems)


def import_knowledge(
    spec: KnowledgeImport,
    *,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
    path: str,
    source_name: str = "",
    archive_limits: ArchiveLimits | None = None,
) -> dict[str, Any]:
    """`path` is where the source lies on this machine; sentences call it `source_name`."""
    name = source_name or spec.source
    state_dir.mkdir(parents=True, exist_ok=True)
    limits = archive_limits or ArchiveLimits()
    unpacked, _ = unpack(Path(path), name, state_dir, progress, limits)
    sources = documents.list_documents(unpacked, name, spec.format)
    out_dir.mkdir(parents=True, exist_ok=True)
    taken, checker = _Taken(), Checker(spec=spec)
    with pictures.pillow_settings():
        for document in sources:
            for found in documents.read(document, spec.max_file_mb):
                progress.check()
                _take(taken, found, document, checker, out_dir)
                progress.update(
                    taken.num_found,
                    unit=word("passages"),
                    metrics={"problems": len(taken.problems)},
                )
    _check(taken, name)
    return _publish(spec, name, sources, taken, out_dir)


def _take(taken: _Taken, found: Found, document: Document, checker: Checker, out_dir: Path) -> None:
    taken.num_found += 1
    if taken.num_found > MOST_FOUND:
        raise UnreadableSource(
            f"There are more than {MOST_FOUND:,} passages, of which {taken.num_left_out:,} could "
            "not be used so far. Is it the right file? Split the source, and import its parts."
        )
    try:
        if isinstance(found.passage, UnfitItem):
            raise found.passage
        values = checker.read(found.passage.values)
        picture, problems = _keep_picture(taken, found, document, checker.spec, out_dir)
        line = PassageLine(picture=picture, **values)
        checker.check_first(line, found.reference)
    except UnfitItem as unfit:
        taken.problems.append(unfit.about(found.reference))
        return
    taken.lines.append(line)
    taken.problems += problems
    if len(taken.lines) > MOST_PASSAGES:
        raise UnreadableSource(
            f"There are more than {MOST_PASSAGES:,} passages, which is what a knowledge base may "
            "have. Split the source, and import its parts into bases of their own."
        )


def _keep_picture(
    taken: _Taken, found: Found, document: Document, spec: KnowledgeImport, out_dir: Path
) -> tuple[str, list[Problem]]:
    """Where it lies now, and what is to be said of it. The same picture is kept once."""
    passage = found.passage
    assert isinstance(passage, Passage), "Only asked of what could be read."
    if not passage.picture:
        return "", []
    limits = Limits(
        max_file_bytes=int(spec.max_file_mb * 1e6),
        max_pixels=int(spec.max_picture_megapixels * 1e6),
    )
    place = passage.picture
    if document.folder and not place.startswith("/") and "://" not in place:
        place = f"{document.folder}/{place}"
    try:
        data = pictures.read_file(confinement.resolve(document.root, place), limits)
        picture = pictures.inspect(data, limits)
        if picture.format not in SUFFIXES:
            raise UnfitItem(  # noqa: TRY301 - one way out for every reason
                Reason.NOT_SHOWN,
                f"The picture is {picture.format}, which browsers do not show; save it as PNG, "
                "JPEG or WebP.",
            )
    except UnfitItem as unfit:
        said = f"{unfit} The passage is kept without its picture."
        return "", [_note(found, unfit.reason, said)]
    kept = f"{knowledge.PICTURES}/{picture.sha256}.{SUFFIXES[picture.format]}"
    target = out_dir / kept
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)
        taken.size_bytes += len(data)
    if not passage.num_more_pictures:
        return kept, []
    said = f"{passage.num_more_pictures:,} more pictures are not taken: a passage has one."
    return kept, [_note(found, Reason.MORE_PICTURES, said)]


def _note(found: Found, reason: Reason, said: str) -> Problem:
    return Problem(reference=found.reference, reason=reason, message=said, is_kept=True)


def _check(taken: _Taken, name: str) -> None:
    if not taken.num_found:
        raise UnreadableSource(f"'{shown(name)}' holds no passages.")
    if not taken.lines:
        listed = " ".join(
            f"{each.reference}: {each.message}" for each in taken.problems[:_MOST_IN_SENTENCE]
        )
        more = len(taken.problems) - _MOST_IN_SENTENCE
        rest = f" And {more:,} more." if more > 0 else ""
        raise UnreadableSource(
            f"None of the {taken.num_found:,} passages of '{shown(name)}' can be imported. "
            f"{listed}{rest}"
        )


def _publish(
    spec: KnowledgeImport, name: str, sources: list[Document], taken: _Taken, out_dir: Path
) -> dict[str, Any]:
    files.write_text(out_dir / knowledge.PASSAGES_FILE, knowledge.write(taken.lines))
    described = knowledge.describe(spec.name, taken.lines)
    files.write_json(out_dir / knowledge.FACTS_FILE, described)
    shards.write_problems(out_dir / "problems.parquet", taken.problems)
    facts = {
        "format_version": FORMAT_VERSION,
        **described,
        "region": spec.default_region,
        "source": spec.source,
        "source_name": name,
        "licence": spec.licence,
        "num_files": len(sources),
        "formats": sorted({document.format for document in sources}),
        "num_found": taken.num_found,
        "num_left_out": taken.num_left_out,
        "num_problems": len(taken.problems),
        "num_pictures": len({line.picture for line in taken.lines if line.picture}),
        "size_bytes": taken.size_bytes,
        "languages": dict(Counter(line.language for line in taken.lines).most_common()),
        "countries": dict(Counter(line.country for line in taken.lines).most_common()),
        "reasons": dict(Counter(str(each.reason) for each in taken.problems).most_common()),
        "problems": [
            {"reference": each.reference, "reason": str(each.reason), "message": each.message}
            for each in taken.problems[:MOST_SHOWN]
        ],
    }
    files.write_json(out_dir / "import.json", facts)
    return facts
