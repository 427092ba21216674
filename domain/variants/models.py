import enum
import uuid
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.db import Json, Table
from domain.errors import Word
from domain.shelf.models import Named, Noun


class VariantRole(enum.StrEnum):
    BASE = "base"
    TUNED = "tuned"  # from a base, on a data set
    MERGE = "merge"  # of a base and a tuned one: beta of the tuned
    EXTERNAL = "external"  # made elsewhere: only its outputs are here


EXTERNAL_FAMILY = "external"  # of no family: with nothing here can it be merged
ROLES = ", ".join(f"'{role}'" for role in VariantRole)


class Variant(Named, Table):
    """A model. Of a merge there may be no files: a sweep interpolates it in memory, and what it
    drew belongs to the same row as what its files will draw, once somebody writes them. Of one that
    was made elsewhere there never are: its row is what imported outputs belong to.
    """

    __tablename__ = "variants"
    __table_args__ = (
        # One row for one merge, whoever makes it and however often.
        UniqueConstraint("base_id", "tuned_id", "beta", "method_digest"),
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint("family ~ '^[a-z0-9][a-z0-9._-]*$'", name="family"),
        CheckConstraint(
            "role NOT IN ('base', 'external') OR base_id IS NULL", name="base_has_no_base"
        ),
        CheckConstraint(
            "role IN ('base', 'external') OR base_id IS NOT NULL", name="others_have_a_base"
        ),
        CheckConstraint(
            "role <> 'external' OR family = 'external' AND num_nonnulls(artifact_id, method) = 0",
            name="external_is_bare",
        ),
        CheckConstraint(
            "CASE WHEN role = 'merge' THEN num_nonnulls(tuned_id, beta, method, method_digest) = 4 "
            "ELSE num_nonnulls(tuned_id, beta, method_digest) = 0 END",
            name="merges_are_whole",
        ),
        CheckConstraint("beta BETWEEN -10 AND 10", name="beta"),
        CheckConstraint("base_id <> id AND tuned_id <> id", name="parents_are_others"),
        CheckConstraint(
            "role IN ('merge', 'external') OR artifact_id IS NOT NULL", name="only_merges_are_bare"
        ),
        CheckConstraint(
            "num_nonnulls(artifact_id, digest, size_bytes) IN (0, 3)", name="files_are_whole"
        ),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
        CheckConstraint("size_bytes >= 0", name="size_bytes"),
        Index(None, "family"),
        Index(None, "base_id"),
        Index(None, "tuned_id"),
        Index(None, "job_id"),
    )
    noun: ClassVar[Noun] = Noun("variant", Word("a variant"), Word("an archived variant"))

    family: Mapped[str]  # which models can be merged with each other, such as 'sdxl'
    role: Mapped[str]
    base_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("variants.id", ondelete="RESTRICT")
    )
    tuned_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("variants.id", ondelete="RESTRICT")
    )
    # Share of the tuned weights: from 0 to 1, but for methods that go beyond.
    beta: Mapped[float | None]
    method: Mapped[str | None]  # how it was tuned or merged
    method_digest: Mapped[str | None]  # of all that decides a merge besides base, tuned and beta
    artifact_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("artifacts.id", ondelete="RESTRICT")
    )
    folder: Mapped[str] = mapped_column(default="")  # inside the artifact; empty: all of it
    digest: Mapped[str | None]  # of the weights
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    recipe: Mapped[Json] = mapped_column(default=dict)  # the specification, and what came of it
    card: Mapped[str] = mapped_column(default="")  # Markdown
    # None: it came with the product.
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="RESTRICT"))
