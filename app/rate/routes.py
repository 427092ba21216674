"""The rater's way through a study: about you, guide, practice, work, the end."""

import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import errors
from app.dependencies import SessionDep, SettingsDep, SignedIn
from app.rate import pages
from app.rate.forms import FieldsDep, read_one, read_profile, read_submission
from app.rate.here import Here, HereDep
from domain import clock
from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.errors import Conflict, Forbidden, Invalid, NotFound, Sentence
from domain.ratings import coverage, enrolment, saving, taking, views, zawgyi
from domain.ratings.errors import CommentInZawgyi
from domain.ratings.models import Assignment
from domain.ratings.saving import Submission
from domain.regions import service as regions
from domain.results import service as results
from domain.studies import service as studies
from domain.users import service as users

router = APIRouter(prefix="/rate/{study_id}")

# All arms alike: nothing in a picture's answer depends on the picture but its bytes.
_PICTURE_HEADERS = {"Cache-Control": "private, max-age=86400", "Content-Disposition": "inline"}


@router.get("")
def find_way(here: HereDep) -> Response:
    """To where this rater left off."""
    if not here.rater.profile:
        return here.go("/about-you")
    if here.rater.practised_at is None:
        return here.go("/guide")
    return here.go("/work")


@router.get("/about-you")
def show_about_you(here: HereDep, settings: SettingsDep) -> Response:
    region = regions.get_region(settings, here.study.region)
    return here.page("about_you", **pages.collect_about_you(here, region), errors={})


@router.post("/about-you")
def describe_oneself(here: HereDep, settings: SettingsDep, fields: FieldsDep) -> Response:
    region = regions.get_region(settings, here.study.region)
    strata = tuple(each.key for each in region.strata)
    profile = read_profile(fields, strata)
    enrolment.describe_oneself(here.session, here.rater, profile, settings=settings)
    if not profile.country:
        wrong = {"country": errors.tell(here.request, Sentence("Choose where you live."))}
        values = pages.collect_about_you(here, region)
        return here.page("about_you", HTTPStatus.UNPROCESSABLE_ENTITY, **values, errors=wrong)
    return here.go()


@router.get("/guide")
def show_guide(here: HereDep, settings: SettingsDep) -> Response:
    enrolment.check_eligible(here.session, here.rater, settings=settings)
    return here.page("guide", **pages.collect_guide(here))


@router.get("/practice")
def show_practice(here: HereDep, settings: SettingsDep) -> Response:
    """The first item that was not answered; after the last one the work begins."""
    enrolment.check_eligible(here.session, here.rater, settings=settings)
    for assignment in taking.take_practice(here.session, here.rater.id):
        if saving.find_newest(here.session, assignment.id) is None:
            return here.page("work", **pages.collect_task(here, assignment, is_practice=True))
    enrolment.finish_practice(here.session, here.rater)
    return here.go("/work")


@router.get("/practice/{token}")
def show_explanation(here: HereDep, token: uuid.UUID) -> Response:
    assignment = _get_own(here, token)
    explained = views.explain(here.session, here.rater, assignment, here.language)
    task = views.show(here.session, here.rater, assignment, here.language)
    return here.page("explanation", task=task, explained=explained)


@router.post("/practice/{token}")
def answer_practice(here: HereDep, token: uuid.UUID, fields: FieldsDep) -> Response:
    return _save(here, token, fields, then=f"/practice/{token}", is_practice=True)


@router.get("/work")
def show_work(here: HereDep, settings: SettingsDep) -> Response:
    enrolment.check_eligible(here.session, here.rater, settings=settings)
    if here.rater.practised_at is None:
        return here.go("/practice")
    taken = taking.take(here.session, here.rater.id, num=taking.MOST_HELD)
    if not taken.held:
        return here.go("/done") if taken.empty == "finished" else here.page("waiting")
    return here.page("work", **pages.collect_task(here, taken.held[0]))


@router.get("/held")
def list_held(
    here: HereDep, settings: SettingsDep, has: Annotated[Sequence[str], Query()] = ()
) -> JSONResponse:
    """The items in this rater's hands as they will be shown, so that a lost network is not noticed
    for a while. Takes more where there is room.
    """
    enrolment.check_eligible(here.session, here.rater, settings=settings)
    taken = taking.take(here.session, here.rater.id, num=taking.MOST_HELD)
    return JSONResponse(pages.collect_hand(here, taken.held, has))


@router.get("/items/{token}")
def show_item(here: HereDep, token: uuid.UUID) -> Response:
    """One of the rater's own, to look at or to change."""
    return here.page("work", **pages.collect_task(here, _get_own(here, token)))


@router.post("/items/{token}")
def save_item(here: HereDep, token: uuid.UUID, fields: FieldsDep) -> Response:
    match read_one(fields, "do"):
        case "skip":
            taking.skip(here.session, here.rater.id, token)
            return here.go("/work")
        case "extend":
            taking.extend(here.session, here.rater.id, token)
            return here.go(f"/items/{token}")
        case "ask":
            return _ask(here, token, fields)
        case "flag":
            saving.flag(here.session, here.rater.id, token)
    return _save(here, token, fields, then="/work")


@router.get("/items/{token}/pictures/question")
def show_question_picture(
    session: SessionDep, person: SignedIn, study_id: uuid.UUID, token: uuid.UUID
) -> Response:
    whose = {"study_id": study_id, "user_id": person.id, "token": token}
    return _send(*views.find_own_picture(session, None, **whose))


@router.get("/items/{token}/pictures/{position}")
def show_picture(
    session: SessionDep, person: SignedIn, study_id: uuid.UUID, token: uuid.UUID, position: int
) -> Response:
    whose = {"study_id": study_id, "user_id": person.id, "token": token}
    return _send(*views.find_own_picture(session, position, **whose))


def _send(artifact: Artifact, name: str) -> Response:
    artifacts.check_readable(artifact)
    with storage.open_read(storage.join(artifact.uri, name)) as file:
        data = file.read()
    return Response(data, media_type="image/webp", headers=_PICTURE_HEADERS)


@router.get("/mine")
def show_mine(here: HereDep) -> Response:
    return here.page("mine", **pages.collect_mine(here))


@router.get("/mine.csv")
def take_along(here: HereDep) -> Response:
    """All that this rater said, for themselves."""
    return Response(
        pages.write_csv(here),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="my-ratings.csv"'},
    )


@router.post("/device")
def make_device_link(here: HereDep, settings: SettingsDep, person: SignedIn) -> Response:
    """The same rater on another phone: a guest has no password to sign in with there."""
    user = users.get_user(here.session, person.id)
    token = users.create_sign_in_link(here.session, user, actor=person)
    url = f"{settings.base_url}/sign-in/{token}"
    return here.page("device", url=url, expires_at=clock.now() + users.LINK_VALID_FOR)


@router.get("/leave")
def ask_to_leave(here: HereDep) -> Response:
    return here.page("leave")


@router.post("/leave")
def leave(here: HereDep) -> Response:
    """All that this person said is erased; a count stays."""
    rater = enrolment.withdraw(here.session, here.rater.id)
    results.forget(here.session, here.study)
    return here.page("left", num_erased=rater.num_erased)


@router.get("/done")
def show_done(here: HereDep) -> Response:
    done, total = coverage.count_progress(here.session, here.rater)
    return here.page("done", done=done, total=total)


def _get_own(here: Here, token: uuid.UUID) -> Assignment:
    return taking.get_own(here.session, here.rater, token, lock=False)


def _save(
    here: Here, token: uuid.UUID, fields: FieldsDep, *, then: str, is_practice: bool = False
) -> Response:
    design = studies.read_design(here.study)
    sent = read_submission(fields, design, token, here.language)
    try:
        # A script may be sending what was rated hours ago: nobody is there to answer.
        may_ask = not _wants_json(here.request)
        saved = saving.submit(here.session, here.rater.id, token, sent, may_ask=may_ask)
    except Invalid as error:
        if _wants_json(here.request):
            raise
        return _show_again(here, token, sent, error, is_practice=is_practice)
    if _wants_json(here.request):
        said = {"state": "saved", "is_warned": saved.is_warned}
        return JSONResponse(said | _hand_on(here, fields))
    return here.go("/careful" if saved.is_warned else then)


def _hand_on(here: Here, fields: FieldsDep) -> dict[str, Any]:
    """What is next, where the page asks for it in the same breath: over a slow network one way is
    saved. That somebody gets no more work does not undo what was saved; asked again, the page is
    told why.
    """
    if not read_one(fields, "and-next"):
        return {}
    try:
        enrolment.check_eligible(here.session, here.rater, settings=here.request.app.state.settings)
        taken = taking.fill(here.session, here.rater, num=taking.MOST_HELD)
    except (Conflict, Forbidden, NotFound):
        return {}
    return {"hand": pages.collect_hand(here, taken.held, fields.get("in-hand", ()))}


def _ask(here: Here, token: uuid.UUID, fields: FieldsDep) -> Response:
    """For a script, before it puts a rating among those to be sent: the page with a question about
    the comment, if there is one. Nothing is stored.
    """
    sent = read_submission(fields, studies.read_design(here.study), token, here.language)
    if zawgyi.propose(sent.comment) is None:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return _show_again(here, token, sent, CommentInZawgyi())


def _show_again(
    here: Here, token: uuid.UUID, sent: Submission, error: Invalid, *, is_practice: bool = False
) -> Response:
    values = pages.collect_task(here, _get_own(here, token), is_practice=is_practice)
    said = errors.by_field(here.request, error)
    is_question = isinstance(error, CommentInZawgyi)
    values |= {"question": said["comment"]} if is_question else {"errors": said}
    return here.page("work", HTTPStatus.UNPROCESSABLE_ENTITY, **values | {"sent": sent})


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


@router.get("/careful")
def show_warning(here: HereDep) -> Response:
    """Once, after as many failed controls as the study says."""
    return here.page("careful")
