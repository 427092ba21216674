import uuid
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.db import Id, Table
from domain.errors import Word
from domain.shelf.models import Named, Noun


class PromptSet(Named, Table):
    """Never changes: outputs refer to its prompts. A better one is another one."""

    __tablename__ = "prompt_sets"
    __table_args__ = (
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
        CheckConstraint("num_prompts >= 1", name="num_prompts"),
    )
    noun: ClassVar[Noun] = Noun("prompt_set", Word("a prompt set"), Word("an archived prompt set"))

    source: Mapped[str]  # the name of a file, or empty when pasted
    digest: Mapped[str]  # of the prompts, in order
    num_prompts: Mapped[int]


class Prompt(Table):
    __tablename__ = "prompts"
    __table_args__ = (
        UniqueConstraint("prompt_set_id", "key"),
        UniqueConstraint("prompt_set_id", "position"),
        CheckConstraint("scope IN ('global', 'regional')", name="scope"),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("asked <> ''", name="asked"),
    )

    id: Mapped[Id]
    prompt_set_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("prompt_sets.id", ondelete="RESTRICT")
    )
    position: Mapped[int]
    key: Mapped[str]
    text: Mapped[str]
    # What stood there before retrieved facts were put behind it; none where nothing was.
    asked: Mapped[str | None]
    negative: Mapped[str] = mapped_column(default="")
    scope: Mapped[str] = mapped_column(default="global")
    stratum: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="", server_default="")
    country: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="")

    @property
    def words(self) -> str:
        """What raters read: a fact behind a prompt would tell them what to look for."""
        return self.asked or self.text
