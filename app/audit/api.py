"""The audit log under /api/v1/audit. For admins."""

import datetime as dt
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict

from app.api import Page, PagingDep
from app.dependencies import Admin, SessionDep
from domain.users import queries
from domain.users.models import AuditEntry
from domain.users.queries import AuditFilter

router = APIRouter(prefix="/audit", tags=["audit"])


class EntryOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10",
                    "at": "2026-03-01T08:00:00Z",
                    "actor": "admin@localhost",
                    "action": "user.change_role",
                    "subject_kind": "user",
                    "subject_id": "019a9b62-9001-7b52-8d35-2f1d5a3bb9d4",
                    "detail": {"old": "annotator", "new": "researcher"},
                }
            ]
        }
    )

    id: uuid.UUID
    at: dt.datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, entry: AuditEntry) -> "EntryOut":
        return cls.model_validate(entry, from_attributes=True)


@router.get("")
def list_entries(
    session: SessionDep,
    person: Admin,
    paging: PagingDep,
    actor: Annotated[str, Query(description="Part of the actor's address.")] = "",
    action: Annotated[str, Query(description="Such as user.change_role.")] = "",
    subject: Annotated[str, Query(description="A kind, or kind:id, such as user:019a...")] = "",
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
) -> Page[EntryOut]:
    """Who did what and when, newest first."""
    wanted = AuditFilter(actor=actor, action=action, subject=subject, since=since, until=until)
    rows = queries.list_audit_entries(session, wanted, limit=paging.limit + 1, before=paging.before)
    return paging.make_page(rows, EntryOut.of)
