"""A study as its raters see it, for whoever makes it: nothing is taken, and nothing is saved.

What is shown comes from `views` wherever the study is open already. Of a draft there are no items
yet: those are drawn for the look alone, as far as outputs are there, from the study's own seed, so
that the third one is the same today and tomorrow. Items are known by their number alone.
"""

import io
import uuid
from collections.abc import Container, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.errors import NotFound
from domain.outputs import service as outputs
from domain.outputs.models import Output
from domain.prompts.models import Prompt
from domain.ratings import rules, views
from domain.ratings.models import Assignment, AssignmentState, Rater
from domain.ratings.saving import Submission
from domain.ratings.task import Asked, Shown, Task
from domain.studies import drawing, errors, gathering
from domain.studies import service as studies
from domain.studies.material import PlannedItem
from domain.studies.models import (
    Study,
    StudyArm,
    StudyItem,
    StudyItemMember,
    StudyPicture,
    StudyState,
)
from pixels import bare
from pixels.bare import Size
from specs.study.design import StudyDesign
from specs.study.wording import StudyWords


class NothingToShow(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(
            "Study '%(name)s' has nothing to show there: no prompt has outputs of all arms.",
            name=name,
        )


def count_items(session: Session, study: Study) -> int:
    if study.state == StudyState.DRAFT:
        return len(_plan(session, study))
    query = select(func.count()).select_from(StudyItem).where(StudyItem.study_id == study.id)
    return session.scalar(query) or 0


def show(session: Session, study: Study, number: int, language: str) -> Task:
    """The item of this number, from 0."""
    if study.state == StudyState.DRAFT:
        return _show_planned(session, study, number, language)
    borrowed = _borrow(session, study, number)
    return views.show(session, Rater(study_id=study.id), borrowed, language)


def read_picture(session: Session, study: Study, number: int, position: int) -> bytes:
    """As raters get it. Its media type is bare.MEDIA_TYPE."""
    if study.state == StudyState.DRAFT:
        return _read_planned(session, study, number, position)
    return _read(session, views.find_picture(session, _borrow(session, study, number), position))


def read_question(session: Session, study: Study, number: int) -> bytes:
    """The picture that the item's question is about."""
    if study.state != StudyState.DRAFT:
        return _read(session, views.find_question_picture(session, _borrow(session, study, number)))
    data = _read_planned_question(session, _get_planned(session, study, number))
    if data is None:
        raise NothingToShow(study.name)
    return _encode(data, _measure(data))


def check(study: Study, task: Task, sent: Submission) -> None:
    """Say what a rater would be told of such an answer."""
    rules.check_comment(sent.comment)
    if sent.cannot_judge:
        rules.read_reason(sent.cannot_judge)
        return
    keys = [criterion.key for criterion in task.criteria]
    design = _narrow(studies.read_design(study), keys)
    rules.read_scores(design, sent.values, range(len(task.outputs)))


def ask(study: Study, words: StudyWords) -> tuple[Asked, ...]:
    """As far as there are words: a draft may be half done."""
    return views.ask(_narrow(studies.read_design(study), words.criteria), words)


def _narrow(design: StudyDesign, keys: Container[str]) -> StudyDesign:
    there = tuple(each for each in design.criteria if each.key in keys)
    return design.model_copy(update={"criteria": there})


def _borrow(session: Session, study: Study, number: int) -> Assignment:
    """What a rater would hold. It is never added to the session: no row comes of it."""
    item_id = session.scalar(
        select(StudyItem.id)
        .where(StudyItem.study_id == study.id)
        .order_by(StudyItem.id)
        .offset(number)
        .limit(1)
    )
    if item_id is None:
        raise NothingToShow(study.name)
    num_outputs = session.scalar(
        select(func.count()).select_from(StudyItemMember).where(StudyItemMember.item_id == item_id)
    )
    return Assignment(
        id=_make_token(study, number),
        item_id=item_id,
        state=AssignmentState.RELEASED.value,
        slots=list(range(num_outputs or 0)),
        lease_expires_at=clock.now(),
    )


def _read(session: Session, picture: StudyPicture) -> bytes:
    artifact = artifacts.get_readable(session, picture.artifact_id)
    with storage.open_read(storage.join(artifact.uri, picture.file)) as file:
        return file.read()


def _make_token(study: Study, number: int) -> uuid.UUID:
    """In the place of an assignment's id; of an item it says nothing but its number."""
    return uuid.uuid5(study.id, f"preview {number}")


def _plan(session: Session, study: Study) -> list[PlannedItem]:
    return drawing.draw_preview(gathering.gather(session, study))


def _get_planned(session: Session, study: Study, number: int) -> PlannedItem:
    planned = _plan(session, study)
    if not 0 <= number < len(planned):
        raise NothingToShow(study.name)
    return planned[number]


def _show_planned(session: Session, study: Study, number: int, language: str) -> Task:
    planned = _get_planned(session, study, number)
    design = studies.read_design(study)
    spoken, words, _ = views.speak(session, study, language)
    prompt = session.get_one(Prompt, planned.prompt.id)
    translated = words.prompts.get(prompt.key)
    outputs = _list_shown(session, study, planned, prompt.language)
    return Task(
        token=_make_token(study, number),
        form=design.form,
        prompt=translated or prompt.words,
        prompt_language=spoken if translated else prompt.language,
        stratum=prompt.stratum,
        category=prompt.category,
        country=views.find_country(prompt, outputs),
        question=_show_question(session, planned),
        outputs=outputs,
        criteria=ask(study, words),
        instruction=None,
        is_held=False,
        lease_expires_at=clock.now(),
        said=None,
    )


def _list_shown(
    session: Session, study: Study, planned: PlannedItem, language: str
) -> tuple[Shown, ...]:
    width, height = _choose_size(session, study)
    return tuple(
        Shown(
            position=position,
            answer=views.tidy_answer(output.text or ""),
            language=language,
            width=width if output.sha256 else None,
            height=height if output.sha256 else None,
        )
        for position, output in enumerate(_list_outputs(session, planned))
    )


def _show_question(session: Session, planned: PlannedItem) -> Shown | None:
    data = _read_planned_question(session, planned)
    if data is None:
        return None
    width, height = _measure(data)
    return Shown(position=-1, answer="", language="", width=width, height=height)


def _read_planned_question(session: Session, planned: PlannedItem) -> bytes | None:
    """Its outputs answer the same question."""
    for output in _list_outputs(session, planned):
        if output.question_file is not None:
            data, _ = outputs.read_question_picture(session, output)
            return data
    return None


def _list_outputs(session: Session, planned: PlannedItem) -> Sequence[Output]:
    """In the order of their slots."""
    return [session.get_one(Output, member.output_id) for member in planned.members]


def _read_planned(session: Session, study: Study, number: int, position: int) -> bytes:
    shown = _list_outputs(session, _get_planned(session, study, number))
    if not 0 <= position < len(shown):
        raise NothingToShow(study.name)
    data, _ = outputs.read_picture(session, shown[position])
    return _encode(data, _choose_size(session, study))


def _choose_size(session: Session, study: Study) -> Size:
    """One for the pictures of all arms, as at opening."""
    arms = select(StudyArm.variant_id).where(StudyArm.study_id == study.id)
    rows = session.execute(
        select(Output.width, Output.height)
        .where(Output.variant_id.in_(arms), Output.width.is_not(None))
        .distinct()
    )
    return bare.choose_size((width or 1, height or 1) for width, height in rows)


def _measure(data: bytes) -> Size:
    """Of a picture by itself."""
    try:
        return bare.choose_size([bare.measure(io.BytesIO(data))])
    except bare.NotReadable as error:
        raise errors.PictureUnreadable from error


def _encode(data: bytes, size: Size) -> bytes:
    try:
        return bare.encode(io.BytesIO(data), size)
    except bare.NotReadable as error:
        raise errors.PictureUnreadable from error
