"""Who acts, as a value that outlives the database session that found them."""

import uuid
from dataclasses import dataclass

from domain.users.models import Role, User


@dataclass(frozen=True, kw_only=True)
class Person:
    id: uuid.UUID
    email: str
    name: str
    role: Role
    language: str
    has_password: bool

    @classmethod
    def of(cls, user: User) -> "Person":
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            role=Role(user.role),
            language=user.language,
            has_password=user.password_hash is not None,
        )

    @property
    def label(self) -> str:
        return self.name or self.email

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def is_researcher(self) -> bool:
        """Whether the person may do a researcher's work: admins may, too."""
        return self.role in (Role.ADMIN, Role.RESEARCHER)
