"""Folders of knowledge: passages as they were written down, and what indexing adds to them.

    knowledge.json, passages.jsonl           what people know, with where each passage is from
    chunks.jsonl, vectors.safetensors,       the same cut into chunks, in the order of their ids;
    index.json                               one vector each if an encoder made them; how

What a passage says is data: nothing here reads anything into it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ml import files
from ml.datasets import lines
from ml.datasets.problems import shown
from ml.retrieval.problems import CannotRetrieve

FACTS, PASSAGES = "knowledge.json", "passages.jsonl"
INDEX, CHUNKS, VECTORS = "index.json", "chunks.jsonl", "vectors.safetensors"
FILTERS = ("region", "country", "language")
KEPT = ("title", *FILTERS, "source", "licence")  # of a passage, by its chunks
_TENSOR = "vectors"

Vectors = NDArray[np.float32]
Row = TypeVar("Row", bound=BaseModel)


class Passage(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str = Field(min_length=1)
    text: str
    title: str = ""
    picture: str = ""
    region: str = ""
    country: str = ""
    language: str = ""
    source: str = ""
    licence: str = ""


class Chunk(BaseModel):
    """`text` is `passage.text[start:end]`."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(min_length=1)
    passage_id: str
    text: str
    title: str = ""
    region: str = ""
    country: str = ""
    language: str = ""
    source: str = ""
    licence: str = ""
    start: int
    end: int

    def say(self, *, with_title: bool) -> str:
        """What is searched."""
        return f"{self.title}\n{self.text}" if with_title and self.title else self.text


@dataclass(frozen=True)
class Index:
    """`vectors` has a row per chunk; None where words alone are searched."""

    facts: Mapping[str, Any]
    chunks: tuple[Chunk, ...]
    vectors: Vectors | None

    @property
    def encoder(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.facts["encoder"]
        return found

    @property
    def with_title(self) -> bool:
        return bool(self.facts["with_title"])


def read_facts(folder: Path) -> dict[str, Any]:
    """Name and digest; of a folder that says none, its name and that of its passages."""
    facts = _read_json(folder / FACTS, "a folder of knowledge")
    if not isinstance(facts.get("digest"), str):
        raise CannotRetrieve(f"{FACTS} of '{shown(folder.name)}' says no digest of its passages.")
    return {"name": str(facts.get("name") or folder.name), "digest": facts["digest"]}


def read_passages(folder: Path) -> list[Passage]:
    """At least one, with ids that are all different, in the order of the file."""
    passages = list(_read_rows(folder / PASSAGES, Passage))
    if not passages:
        raise CannotRetrieve(f"The knowledge base '{shown(folder.name)}' holds no passages.")
    _check_ids(folder, [each.id for each in passages])
    return passages


def read_index(folder: Path) -> Index:
    if not (folder / INDEX).is_file() and (folder / PASSAGES).is_file():
        raise CannotRetrieve(
            f"The knowledge base '{shown(folder.name)}' is not indexed: there is no {INDEX} in it. "
            "Index it first (knowledge.index)."
        )
    facts = _read_json(folder / INDEX, "an indexed knowledge base")
    chunks = tuple(_read_rows(folder / CHUNKS, Chunk))
    if not chunks:
        raise CannotRetrieve(f"The knowledge base '{shown(folder.name)}' holds no passages.")
    ids = [chunk.id for chunk in chunks]
    if sorted(set(ids)) != ids or facts.get("num_chunks") != len(ids):
        raise CannotRetrieve(
            f"{CHUNKS} of '{shown(folder.name)}' is not the file that was made with its {INDEX}: "
            f"it holds {len(ids):,} chunks."
        )
    vectors = None
    if facts.get("encoder") is not None:
        vectors = read_vectors(folder, len(chunks))
    return Index({"encoder": None, "with_title": True, **facts}, chunks, vectors)


def read_vectors(folder: Path, num_rows: int) -> Vectors:
    import safetensors.numpy  # noqa: PLC0415 - words alone are searched without it

    path = folder / VECTORS
    if not path.is_file():
        raise CannotRetrieve(f"'{shown(folder.name)}' lacks its vectors: there is no {VECTORS}.")
    try:
        vectors = safetensors.numpy.load_file(path)[_TENSOR]
    except (ValueError, KeyError, safetensors.SafetensorError) as error:
        raise CannotRetrieve(f"{VECTORS} of '{shown(folder.name)}' holds no vectors.") from error
    if vectors.ndim != 2 or len(vectors) != num_rows or vectors.dtype != np.float32:  # noqa: PLR2004 - a table
        raise CannotRetrieve(
            f"{VECTORS} of '{shown(folder.name)}' is {vectors.dtype} of shape {vectors.shape}; "
            f"{num_rows:,} rows of float32 belong to it."
        )
    if not np.isfinite(vectors).all():
        raise CannotRetrieve(f"{VECTORS} of '{shown(folder.name)}' holds numbers that are none.")
    return np.ascontiguousarray(vectors)


def write_vectors(folder: Path, vectors: Vectors) -> None:
    import safetensors.numpy  # noqa: PLC0415 - see above

    files.write_bytes(folder / VECTORS, safetensors.numpy.save({_TENSOR: vectors}))


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    written = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    files.write_text(path, "".join(f"{line}\n" for line in written))


def read_lines(path: Path) -> Iterator[tuple[str, Any]]:
    """What each line says, and where it stands."""
    name = shown(path.name)
    if not path.is_file():
        raise CannotRetrieve(f"'{shown(path.parent.name)}' holds no {name}.")
    for number, said in lines.read(path, f"'{name}'", CannotRetrieve):
        yield f"Line {number:,} of '{name}'", said


def _read_rows(path: Path, row: type[Row]) -> Iterator[Row]:
    for where, facts in read_lines(path):
        try:
            yield row.model_validate(facts)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"])) or "row"
            raise CannotRetrieve(
                f"{where} cannot be so: '{shown(field)}': {shown(first['msg'])}."
            ) from error


def _read_json(path: Path, what: str) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CannotRetrieve(
            f"'{shown(path.parent.name)}' is not {what}: there is no {path.name} in it."
        ) from error
    except (ValueError, RecursionError) as error:
        raise CannotRetrieve(f"{path.name} of '{shown(path.parent.name)}' is not JSON.") from error
    if not isinstance(facts, dict):
        raise CannotRetrieve(f"{path.name} of '{shown(path.parent.name)}' holds no fields.")
    return facts


def _check_ids(folder: Path, ids: list[str]) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise CannotRetrieve(
                f"Two passages of '{shown(folder.name)}' have the id '{shown(each)}'."
            )
        seen.add(each)
