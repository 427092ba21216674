"""Who rates here: every page of a study asks for its rater by the type of an argument."""

import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import rendering
from app.dependencies import SessionDep, SignedIn
from domain.ratings import enrolment, views
from domain.ratings.models import Rater
from domain.studies.models import Study
from specs.study.wording import StudyWords


@dataclass(frozen=True, kw_only=True)
class Here:
    request: Request
    session: Session
    rater: Rater
    study: Study
    language: str  # of the page, as chosen
    spoken: str  # of the study's words: English where they are not there
    words: StudyWords
    completion_code: str

    @property
    def address(self) -> str:
        return f"/rate/{self.study.id}"

    def page(self, name: str, status: int = HTTPStatus.OK, **values: Any) -> Response:
        response = rendering.page(self.request, f"rate/{name}.html", status, here=self, **values)
        # The back button shows what is true now, not what was.
        response.headers["Cache-Control"] = "no-store"
        return response

    def go(self, where: str = "") -> Response:
        return RedirectResponse(f"{self.address}{where}", HTTPStatus.SEE_OTHER)


def find_here(request: Request, session: SessionDep, person: SignedIn, study_id: uuid.UUID) -> Here:
    rater, study = enrolment.get_rater_and_study(session, study_id, person.id)
    language = rendering.choose_language(request).code
    spoken, words, wording = views.speak(session, study, language)
    return Here(
        request=request,
        session=session,
        rater=rater,
        study=study,
        language=language,
        spoken=spoken,
        words=words,
        completion_code=wording.completion_code,
    )


HereDep = Annotated[Here, Depends(find_here, scope="function")]
