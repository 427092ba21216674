import enum
import uuid
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.db import Json, Table
from domain.errors import Word
from domain.shelf.models import Named, Noun


class VariantRole(enum.StrEnum):
    BASE = "base"
    TUNED = "tuned"  # from a base, on a data set
    MERGE = "merge"  # of a base and a tuned one: beta of the tuned
    EXTERNAL = "external"  # made elsewhere: only its outputs are here
    RETRIEVED = "retrieved"  # another variant, asked with passages from a knowledge base


EXTERNAL_FAMILY = "external"  # of no family: with nothing here can it be merged
ROLES = ", ".join(f"'{role}'" for role in VariantRole)


class Variant(Named, Table):
    """A model. Of a merge there may be no files: a sweep interpolates it in memory, and what it
    drew belongs to the same row as what its files will draw, once somebody writes them. Of one that
    was made elsewhere there never are: its row is what imported outputs belong to. Nor of one that
    was helped by retrieval: its weights are its base's, and its row is what those answers belong
    to, so that nothing which compares variants takes them for what the base answers by itself.
    """

    __tablename__ = "variants"
    __table_args__ = (
        # One row for one merge, whoever makes it and however often.
        UniqueConstraint("base_id", "tuned_id", "beta", "method_digest"),
        # And one for one way to help one model.
        Index(
            "uq_variants_retrieved",
            "base_id",
            "method_digest",
            unique=True,
            postgresql_where=text("role = 'retrieved'"),
        ),
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
            "CASE role "
            "WHEN 'merge' THEN num_nonnulls(tuned_id, beta, method, method_digest) = 4 "
            # Its beta is that of the merge that answered, if it was one.
            "WHEN 'retrieved' THEN num_nonnulls(method, method_digest) = 2 AND tuned_id IS NULL "
            "ELSE num_nonnulls(tuned_id, beta, method_digest) = 0 END",
            name="merges_are_whole",
        ),
        CheckConstraint("beta BETWEEN -10 AND 10", name="beta"),
        CheckConstraint("base_id <> id AND tuned_id <> id", name="parents_are_others"),
        CheckConstraint(
            "CASE role WHEN 'merge' THEN true "
            "WHEN 'external' THEN true "
            "WHEN 'retrieved' THEN artifact_id IS NULL "
            "ELSE artifact_id IS NOT NULL END",
            name="only_merges_are_bare",
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
    # Share of the tuned weights: from 0 to 1, but for methods that go beyond. Of one that was
    # helped by retrieval, what its base has.
    beta: Mapped[float | None]
    method: Mapped[str | None]  # how it was tuned or merged
    # Of all that decides a merge besides base, tuned and beta; or of how passages were found.
    method_digest: Mapped[str | None]
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
