"""Which files an import of knowledge reads, and how each of them is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ml.datasets import confinement, filetypes
from ml.datasets.problems import UnreadableSource, shown
from ml.datasets.source import walk
from ml.importing.knowledge import markdown, tables
from ml.importing.knowledge.found import Found

SUFFIXES = {
    "markdown": (".md", ".markdown"),
    "jsonl": (".jsonl", ".ndjson"),
    "csv": (".csv", ".tsv"),
}
_READERS = {"markdown": markdown.read, "jsonl": tables.read_jsonl, "csv": tables.read_csv}
_MOST_LISTED = 10


@dataclass(frozen=True, kw_only=True)
class Document:
    path: Path
    format: str
    root: Path  # no picture is read from outside this folder
    name: str  # as sentences call it

    @property
    def folder(self) -> str:
        """Where its pictures lie, relative to the root."""
        folder = self.path.parent.relative_to(self.root).as_posix()
        return "" if folder == "." else folder


def list_documents(path: Path, name: str, wanted: str) -> list[Document]:
    """The file itself, or the files of the folder in the order of their names."""
    path = path.resolve()
    if path.is_file():
        form = _find_format(path, wanted) or _refuse(path, name)
        return [Document(path=path, format=form, root=path.parent, name=shown(name))]
    found = []
    for entry in walk(path):
        file = Path(entry.path)
        by_name = _find_format(file)
        if by_name is not None and wanted in ("auto", by_name):
            confinement.check_table(path, file)
            place = file.relative_to(path).as_posix()
            found.append(Document(path=file, format=by_name, root=path, name=shown(place)))
    if not found:
        _refuse_folder(path, name)
    return found


def read(document: Document, max_file_mb: float) -> Iterator[Found]:
    """Tables are read row by row, however long they are; Markdown is read whole."""
    if document.format == "markdown":
        _check_size(document, max_file_mb)
    return _READERS[document.format](document.path, document.name)


def _check_size(document: Document, max_file_mb: float) -> None:
    size_mb = document.path.stat().st_size / 1e6
    if size_mb > max_file_mb:
        raise UnreadableSource(
            f"'{document.name}' has {size_mb:,.1f} MB; Markdown is read whole, and at most "
            f"{max_file_mb:g} MB of it. Split it, or raise max_file_mb."
        )


def _find_format(path: Path, wanted: str = "auto") -> str | None:
    """By its name, unless somebody says what it is."""
    if wanted != "auto":
        return wanted
    ending = path.suffix.lower()
    return next((form for form, suffixes in SUFFIXES.items() if ending in suffixes), None)


def _refuse(path: Path, name: str) -> str:
    with path.open("rb") as file:
        found = filetypes.name_contents(file.read(filetypes.HEAD_BYTES))
    raise UnreadableSource(
        f"'{shown(name)}' is {found}; knowledge comes as Markdown (.md), JSONL or CSV, or as a "
        "folder or zip archive of such files."
    )


def _refuse_folder(path: Path, name: str) -> None:
    names = [shown(entry.name) for entry, _ in zip(walk(path), range(_MOST_LISTED), strict=False)]
    listed = f"it holds {', '.join(names)}" if names else "it is empty"
    raise UnreadableSource(
        f"There are no Markdown, JSONL or CSV files in the folder '{shown(name)}': {listed}."
    )
