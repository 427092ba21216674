"""Vectors of chunks in the database, and the search among them by pgvector: exact, without an index
that forgets.

What pgvector finds is measured once more in float64, in the same order of summing as the search
that a computation makes in files (ml/retrieval): which of the two was used changes nothing. Of
equal scores the earlier chunk is first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from domain.knowledge import errors
from domain.knowledge.models import ChunkVector, KnowledgeIndex

FILTERS = ("region", "country", "language")
MOST_DIMENSIONS = 16_000  # that pgvector's type holds
_TABLE = "chunk_vectors"
_COLUMNS = ("index_id", "position", "chunk_id", *FILTERS, "embedding")
# How they are sent. An array goes as bytes that are put together here: number by number it would
# take a minute where this takes a second.
_TYPES = ("uuid", "int4", "text", "text", "text", "text", "bytea")
_FLOAT4 = 700  # PostgreSQL's number for the type
_SPARE = 32  # candidates beyond those that are asked for

Vector = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Chunk:
    id: str
    region: str = ""
    country: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Near:
    chunk_id: str
    score: float


def can_search(session: Session) -> bool:
    """Whether this server has pgvector. One that has it to give is asked for it, once; an account
    that may not add it is no error, and the search is made in files.
    """
    if _has_type(session):
        return True
    available = text("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
    if session.scalar(available) is None:
        return False
    # Two who add it at once would meet in the catalogue: the second waits and finds it.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('knowledge.vector', 0))"))
    try:
        with session.begin_nested():
            session.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
    except ProgrammingError as error:
        if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            return False
        raise
    return _has_type(session)


def _has_type(session: Session) -> bool:
    return session.scalar(text("SELECT to_regtype('vector')")) is not None


def insert(
    session: Session, index: KnowledgeIndex, chunks: Iterable[Chunk], vectors: Iterable[Vector]
) -> int:
    """All of an index, in the order of its file. Part of the caller's transaction."""
    session.flush()
    connection = session.connection().connection.driver_connection
    assert connection is not None, "It was just used."
    columns = ", ".join(_COLUMNS)
    num_rows = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {_TABLE} ({columns}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(_TYPES)
        for position, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True)):
            named = (chunk.id, chunk.region, chunk.country, chunk.language)
            copy.write_row((index.id, position, *named, _pack(vector)))
            num_rows += 1
    if num_rows != index.num_chunks:
        raise errors.VectorsMissing(index.id, num_rows, index.num_chunks)
    return num_rows


def _pack(vector: Vector) -> bytes:
    """An array as PostgreSQL reads it: dimensions, nulls, type; length and start; the numbers, each
    with its length.
    """
    head = np.array([1, 0, _FLOAT4, len(vector), 1], dtype=">i4")
    numbers = np.empty(len(vector), dtype=[("length", ">i4"), ("value", ">f4")])
    numbers["length"], numbers["value"] = 4, vector
    return head.tobytes() + numbers.tobytes()


def count(session: Session, index: KnowledgeIndex) -> int:
    query = select(func.count()).select_from(ChunkVector).where(ChunkVector.index_id == index.id)
    return session.scalar(query) or 0


def rank(
    session: Session,
    index: KnowledgeIndex,
    queries: Iterable[Vector],
    *,
    k: int,
    where: Mapping[str, str] | None = None,
) -> Iterator[list[Near]]:
    """The k nearest chunks of each query, best first, among those that have these values."""
    if not can_search(session):
        raise errors.NoVectorSearch
    found = count(session, index)
    if found != index.num_chunks:
        raise errors.VectorsMissing(index.id, found, index.num_chunks)
    for query in queries:
        if len(query) != index.dim:
            raise errors.VectorsDiffer(len(query), index.dim)
        yield _rank_one(session, index, query, k, where or {})


@dataclass(frozen=True)
class _Candidate:
    position: int
    chunk_id: str
    embedding: Sequence[float]
    distance: float  # the inner product as pgvector sees it, negative


def _rank_one(
    session: Session, index: KnowledgeIndex, query: Vector, k: int, where: Mapping[str, str]
) -> list[Near]:
    """Twice as many are asked for as long as the last of them may yet be among the best."""
    limit = k + _SPARE
    while True:
        found = _ask(session, index, query, limit, where)
        is_all = len(found) < limit
        if is_all or found[-1].distance > found[k - 1].distance + _bound_error(len(query)):
            return _measure(query, found)[:k]
        limit *= 2


def _ask(
    session: Session, index: KnowledgeIndex, query: Vector, limit: int, where: Mapping[str, str]
) -> list[_Candidate]:
    narrowed = {name: value for name, value in where.items() if value}
    assert set(narrowed) <= set(FILTERS), narrowed
    conditions = "".join(f" AND {name} = :{name}" for name in narrowed)
    statement = text(
        # What is put into it are names of columns.
        "SELECT position, chunk_id, embedding, "  # noqa: S608
        "embedding::vector <#> CAST(:query AS vector) AS distance "
        f"FROM {_TABLE} WHERE index_id = :index_id{conditions} "
        "ORDER BY distance, position LIMIT :limit"
    )
    written = "[" + ",".join(map(repr, query.tolist())) + "]"
    values = {"index_id": index.id, "query": written, "limit": limit, **narrowed}
    return [_Candidate(*row) for row in session.execute(statement, values)]


def _bound_error(width: int) -> float:
    """Twice of what two inner products in float32 of vectors of length 1 may be off together."""
    return float(4 * (width + 2) * np.finfo(np.float32).eps)


def _measure(query: Vector, found: Sequence[_Candidate]) -> list[Near]:
    if not found:
        return []
    rows = np.array([each.embedding for each in found], dtype=np.float32)
    scores = (rows * query.astype(np.float64)).sum(axis=1)
    positions = np.array([each.position for each in found])
    order = np.lexsort((positions, -scores))
    return [Near(chunk_id=found[at].chunk_id, score=float(scores[at])) for at in order]
