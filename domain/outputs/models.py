import datetime as dt
import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain import clock
from domain.db import Id, Json, Table


class Output(Table):
    """A picture, or an answer in words, perhaps to a question about a picture. Made again under the
    same parameters, it is the same row: a run that repeats what is there adds nothing.
    """

    __tablename__ = "outputs"
    __table_args__ = (
        UniqueConstraint("variant_id", "prompt_id", "seed", "parameters_digest"),
        CheckConstraint(
            "CASE WHEN text IS NULL "
            "THEN num_nonnulls(file, sha256, width, height) = 4 AND question_file IS NULL "
            "ELSE num_nonnulls(file, sha256, width, height) = 0 END",
            name="picture_or_answer",
        ),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("parameters_digest ~ '^[0-9a-f]{64}$'", name="parameters_digest"),
        CheckConstraint("width >= 1 AND height >= 1", name="size"),
        CheckConstraint("seed >= 0", name="seed"),
        Index(None, "prompt_id"),
        Index(None, "job_id"),
    )

    id: Mapped[Id]
    # None: it came with the product.
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"))
    variant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("variants.id", ondelete="RESTRICT"))
    prompt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prompts.id", ondelete="RESTRICT"))
    seed: Mapped[int] = mapped_column(BigInteger)
    # Of scheduler, steps, guidance, negative prompt and size: outputs that may be compared.
    parameters_digest: Mapped[str]
    # Where its files lie, and the table that names it.
    artifact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("artifacts.id", ondelete="RESTRICT"))
    # Of a picture: where it lies inside the artifact, its digest and its size.
    file: Mapped[str | None]
    sha256: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    # Of an answer: its words, and where the picture lies that was asked about, if there is one.
    text: Mapped[str | None]
    question_file: Mapped[str | None]
    # The parameters, and how it went: batch, threads, number of tokens, text that was cut.
    facts: Mapped[Json] = mapped_column(default=dict)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
