import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain import clock
from domain.db import Id, Table


class Artifact(Table):
    """A file or folder that was published whole. Its row outlives its bytes: `released_at` says
    that the bytes were given up to save room, `erased_at` that they were taken down for good.
    """

    __tablename__ = "artifacts"
    __table_args__ = (
        UniqueConstraint("uri"),
        CheckConstraint("size_bytes >= 0", name="size_bytes"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    id: Mapped[Id]
    kind: Mapped[str]  # what it is for, such as 'upload', 'dataset', 'report'
    uri: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(default="application/octet-stream")
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    released_at: Mapped[dt.datetime | None]
    erased_at: Mapped[dt.datetime | None]
