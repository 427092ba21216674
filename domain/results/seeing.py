"""Who may see what a study found."""

from sqlalchemy.orm import Session

from domain.ratings import coverage, enrolment
from domain.ratings.models import RaterState
from domain.results import errors
from domain.studies.models import Study, StudyState
from domain.users.person import Person


def check(session: Session, study: Study, person: Person) -> None:
    """Nobody before it opens; and no rater of it who still has something to rate."""
    if study.state == StudyState.DRAFT:
        raise errors.NothingToReport(study.name)
    if study.state != StudyState.CLOSED and _is_rating(session, study, person):
        raise errors.StillRating(study.name)


def _is_rating(session: Session, study: Study, person: Person) -> bool:
    rater = enrolment.find_rater(session, study.id, person.id)
    if rater is None or rater.state == RaterState.WITHDRAWN:
        return False
    num_done, num_all = coverage.count_progress(session, rater)
    return num_done < num_all
