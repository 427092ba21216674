"""Reports that were computed, so that a page need not compute them again."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain import clock
from domain.db import Id, Json, Table


class KeptReport(Table):
    """Of one study under one set of options, the newest. `basis` says what it was computed from:
    a report on another basis is out of date, and is shown as such until the new one is there.
    """

    __tablename__ = "kept_reports"
    __table_args__ = (
        UniqueConstraint("study_id", "options_sha256"),
        CheckConstraint("options_sha256 ~ '^[0-9a-f]{64}$'", name="options_sha256"),
        CheckConstraint("basis ~ '^[0-9a-f]{64}$'", name="basis"),
    )

    id: Mapped[Id]
    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("studies.id", ondelete="RESTRICT"))
    options: Mapped[Json]  # domain.results.rules.Options
    options_sha256: Mapped[str]
    basis: Mapped[str]
    report: Mapped[Json]  # domain.results.report.Report
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
