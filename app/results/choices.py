"""How a researcher wants a study analysed: read from the address, so that a link says it all."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.dependencies import Researcher, SessionDep
from domain.results import seeing
from domain.results.rules import Options
from domain.studies import service as studies
from domain.studies.models import Study
from domain.users.person import Person


class Choice(BaseModel):
    """What the form of the results page sends; what is not sent is as usual."""

    who: Literal["people", "simulated"] = "people"
    most_failed: Annotated[int, Field(ge=0, le=1000)] | Literal[""] = ""
    run: uuid.UUID | Literal[""] = ""  # of a benchmark; empty: the newest
    alpha: Annotated[float, Field(ge=0, le=1)] | Literal[""] = ""  # empty: the region's
    sort: Literal["entropy", "range", "mean"] = "entropy"  # of what raters dispute
    with_paper: bool = False  # its points beside ours


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks for which study, analysed how. Made only for those who may see it."""

    request: Request
    session: Session
    person: Person
    study: Study
    choice: Choice

    @property
    def options(self) -> Options:
        most = self.choice.most_failed
        return Options(
            who=self.choice.who,
            most_failed=None if most == "" else most,
            run=str(self.choice.run) or None,
            alpha=None if self.choice.alpha == "" else self.choice.alpha,
        )

    @property
    def address(self) -> str:
        return f"/studies/{self.study.id}"

    @property
    def said(self) -> Mapping[str, str]:
        """What was chosen; nothing of what is as usual."""
        usual = Choice()
        return {name: str(value) for name, value in self.choice if value != getattr(usual, name)}

    @property
    def query(self) -> str:
        """The same, for the links of the page."""
        return f"?{urlencode(self.said)}" if self.said else ""


def ask(
    request: Request,
    session: SessionDep,
    person: Researcher,
    study_id: uuid.UUID,
    choice: Annotated[Choice, Query()],
) -> Asked:
    study = studies.get(session, study_id)
    seeing.check(session, study, person)
    return Asked(request=request, session=session, person=person, study=study, choice=choice)


AskedDep = Annotated[Asked, Depends(ask, scope="function")]
