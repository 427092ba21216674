"""GET /api/v1/me: whose token this is."""

import uuid

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from app.dependencies import SignedIn
from domain.users.models import Role

router = APIRouter(tags=["me"])


class Me(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10",
                    "email": "sari@example.org",
                    "name": "Sari",
                    "role": "researcher",
                    "language": "id",
                }
            ]
        }
    )

    id: uuid.UUID
    email: str
    name: str
    role: Role
    language: str


@router.get("/me")
def read_me(person: SignedIn) -> Me:
    """The person as whom this token acts."""
    return Me.model_validate(person, from_attributes=True)
