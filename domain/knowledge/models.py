import datetime as dt
import uuid
from typing import ClassVar

from sqlalchemy import (
    REAL,
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain import clock
from domain.db import Id, Json, Table
from domain.errors import Word
from domain.shelf.models import Named, Noun

_IS_DIGEST = "digest ~ '^[0-9a-f]{64}$'"


def _refer(column: str) -> ForeignKey:
    return ForeignKey(column, ondelete="RESTRICT")


class KnowledgeBase(Named, Table):
    """Its passages change; what they were is kept. `digest` is of those it has now, in order."""

    __tablename__ = "knowledge_bases"
    __table_args__ = (
        CheckConstraint(_IS_DIGEST, name="digest"),
        CheckConstraint("num_passages >= 0", name="num_passages"),
        CheckConstraint("revision >= 1", name="revision"),
    )
    noun: ClassVar[Noun] = Noun(
        "knowledge_base", Word("a knowledge base"), Word("an archived knowledge base")
    )

    region: Mapped[str]  # a region's key, or empty
    revision: Mapped[int]  # the number of the newest
    digest: Mapped[str]
    num_passages: Mapped[int]


class KnowledgeRevision(Table):
    """What a base was after a change, by number and by digest: a job reads the one that was meant
    when it was launched.
    """

    __tablename__ = "knowledge_revisions"
    __table_args__ = (
        PrimaryKeyConstraint("knowledge_base_id", "number"),
        CheckConstraint(_IS_DIGEST, name="digest"),
        CheckConstraint("what IN ('create', 'add', 'edit', 'remove', 'import')", name="what"),
        Index(None, "knowledge_base_id", "digest"),
    )

    knowledge_base_id: Mapped[uuid.UUID] = mapped_column(_refer("knowledge_bases.id"))
    number: Mapped[int]
    what: Mapped[str]
    digest: Mapped[str]
    num_passages: Mapped[int]
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(_refer("users.id"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(_refer("jobs.id"))


class Passage(Table):
    """Never changes: an edited one is another row that takes the place of the first. It belongs to
    the revisions from `since` on, up to but not including `until`.
    """

    __tablename__ = "passages"
    __table_args__ = (
        CheckConstraint(_IS_DIGEST, name="digest"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("until > since", name="until"),
        CheckConstraint("(picture = '') = (artifact_id IS NULL)", name="picture_in_files"),
        UniqueConstraint("replaces_id"),
        # A base says the same thing once.
        Index(
            "uq_passages_current",
            "knowledge_base_id",
            "digest",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
        Index(None, "knowledge_base_id", "position"),
    )

    id: Mapped[Id]
    knowledge_base_id: Mapped[uuid.UUID] = mapped_column(_refer("knowledge_bases.id"))
    position: Mapped[int]
    digest: Mapped[str]  # of everything below: see specs.knowledge
    title: Mapped[str]
    text: Mapped[str]
    picture: Mapped[str]  # where in the files, or empty
    region: Mapped[str]
    country: Mapped[str]
    language: Mapped[str]
    source: Mapped[str]
    licence: Mapped[str]
    artifact_id: Mapped[uuid.UUID | None] = mapped_column(_refer("artifacts.id"))
    since: Mapped[int]
    until: Mapped[int | None]  # None: it belongs to the newest
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(_refer("passages.id"))


class KnowledgeIndex(Table):
    """Chunks of a base's passages as they were, ready to be searched."""

    __tablename__ = "knowledge_indexes"
    __table_args__ = (
        UniqueConstraint("job_id"),
        CheckConstraint("base_digest ~ '^[0-9a-f]{64}$'", name="base_digest"),
        CheckConstraint("num_chunks >= 1", name="num_chunks"),
        CheckConstraint("(encoder IS NULL) = (dim = 0)", name="dim_of_encoder"),
        Index(None, "knowledge_base_id"),
    )

    id: Mapped[Id]
    knowledge_base_id: Mapped[uuid.UUID] = mapped_column(_refer("knowledge_bases.id"))
    base_digest: Mapped[str]
    encoder: Mapped[Json | None]  # name, family, digest; None: words alone are searched
    num_chunks: Mapped[int]
    dim: Mapped[int]
    artifact_id: Mapped[uuid.UUID] = mapped_column(_refer("artifacts.id"))
    job_id: Mapped[uuid.UUID] = mapped_column(_refer("jobs.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class ChunkVector(Table):
    """A chunk's vector, and what a search is narrowed down by.

    Kept as PostgreSQL's own array, which pgvector reads as a vector of its kind: the table is the
    same on servers with and without it, and one that gets it later searches what is there already.
    """

    __tablename__ = "chunk_vectors"
    __table_args__ = (
        PrimaryKeyConstraint("index_id", "position"),
        UniqueConstraint("index_id", "chunk_id"),
    )

    index_id: Mapped[uuid.UUID] = mapped_column(_refer("knowledge_indexes.id"))
    position: Mapped[int]  # in the index's files
    chunk_id: Mapped[str]
    region: Mapped[str]
    country: Mapped[str]
    language: Mapped[str]
    embedding: Mapped[list[float]] = mapped_column(ARRAY(REAL))
