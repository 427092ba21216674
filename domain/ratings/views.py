"""What a rater's browser may learn: this module decides it, and nothing else does.

Everything a rater's page or answer is made from is one of the values in domain.ratings.task.
"""

import functools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, Uuid, bindparam, cast, select
from sqlalchemy.orm import Session, aliased

from domain.artifacts.models import Artifact
from domain.prompts.models import Prompt
from domain.ratings import errors, saving
from domain.ratings.models import Assignment, AssignmentState, Rater
from domain.ratings.rules import Scores
from domain.ratings.task import Asked, Explained, Level, Said, Shown, Task
from domain.studies import service as studies
from domain.studies import versions
from domain.studies.models import ItemKind, Study, StudyItem, StudyItemMember, StudyPicture
from specs.study.design import StudyDesign
from specs.study.wording import StudyWording, StudyWords

# In no other state is there a rating: held, lost and skipped items were not answered.
_RATED = (AssignmentState.PRIMARY, AssignmentState.SURPLUS, AssignmentState.CANNOT_JUDGE)


def show(session: Session, rater: Rater, assignment: Assignment, language: str) -> Task:
    (task,) = show_all(session, rater, [assignment], language)
    return task


def show_all(
    session: Session, rater: Rater, assignments: Sequence[Assignment], language: str
) -> list[Task]:
    """In the same order, and with as many queries as for one."""
    if not assignments:
        return []
    study = studies.get(session, rater.study_id)
    design = studies.read_design(study)
    spoken, words = _speak(session, study, language)
    items = _map_items(session, assignments)
    said = _recall(session, design, assignments)
    tasks = []
    for assignment in assignments:
        content = items[assignment.item_id]
        prompt = content.prompt
        translated = words.prompts.get(prompt.key)
        outputs = _place(assignment, content)
        task = Task(
            token=assignment.id,
            form=design.form,
            prompt=translated or prompt.words,
            prompt_language=spoken if translated else prompt.language,
            stratum=prompt.stratum,
            category=prompt.category,
            country=find_country(prompt, outputs),
            question=_show_question(content),
            outputs=outputs,
            criteria=ask(design, words),
            instruction=_find_instruction(content.item),
            is_held=assignment.state == AssignmentState.LEASED,
            lease_expires_at=assignment.lease_expires_at,
            said=said.get(assignment.id),
        )
        tasks.append(task)
    return tasks


def find_country(prompt: Prompt, outputs: Sequence[Shown]) -> str:
    """Where it is at home, of what models drew. Beside a question it might be the answer."""
    return prompt.country if all(output.is_picture for output in outputs) else ""


def ask(design: StudyDesign, words: StudyWords) -> tuple[Asked, ...]:
    return tuple(
        Asked(
            key=each.key,
            name=words.criteria[each.key].name,
            question=words.criteria[each.key].question,
            levels=tuple(
                Level(value=value, anchor=anchor)
                for value, anchor in enumerate(words.criteria[each.key].anchors, 1)
            ),
        )
        for each in design.criteria
    )


def explain(session: Session, rater: Rater, assignment: Assignment, language: str) -> Explained:
    """Of a practice item that was answered."""
    content = _map_items(session, [assignment])[assignment.item_id]
    item, prompt = content.item, content.prompt
    if item.kind != ItemKind.PRACTICE or saving.find_newest(session, assignment.id) is None:
        raise errors.AssignmentNotFound
    _, words = _speak(session, studies.get(session, rater.study_id), language)
    return Explained(best=item.expected or {}, text=words.explanations.get(prompt.key, ""))


def find_picture(session: Session, assignment: Assignment, position: int) -> StudyPicture:
    """The picture at a position of the rater's own page."""
    if not 0 <= position < len(assignment.slots):
        raise errors.AssignmentNotFound
    found = session.scalar(
        select(StudyPicture)
        .join(StudyItemMember, StudyItemMember.picture_id == StudyPicture.id)
        .where(
            StudyItemMember.item_id == assignment.item_id,
            StudyItemMember.slot == assignment.slots[position],
        )
    )
    if found is None:
        raise errors.AssignmentNotFound
    return found


def find_question_picture(session: Session, assignment: Assignment) -> StudyPicture:
    found = session.scalar(
        select(StudyPicture)
        .join(StudyItem, StudyItem.question_picture_id == StudyPicture.id)
        .where(StudyItem.id == assignment.item_id)
    )
    if found is None:
        raise errors.AssignmentNotFound
    return found


def find_own_picture(session: Session, position: int | None, **whose: Any) -> tuple[Artifact, str]:
    """The picture at a position of the page of `whose` study_id, user_id and token, or that which
    the question is about: artifact and file. One query: it is asked for with every rating.
    """
    query = _build_own_picture(is_question=position is None)
    found = session.execute(query, {"position": position, **whose}).one_or_none()
    if found is None:
        raise errors.AssignmentNotFound
    return found.Artifact, found.file


@functools.cache
def _build_own_picture(*, is_question: bool) -> Select[Artifact, str]:
    query = (
        select(Artifact, StudyPicture.file)
        .join(StudyPicture, StudyPicture.artifact_id == Artifact.id)
        .join(Assignment, Assignment.id == bindparam("token", type_=Uuid()))
        .join(Rater, Rater.id == Assignment.rater_id)
        .where(
            Rater.user_id == bindparam("user_id", type_=Uuid()),
            Rater.study_id == bindparam("study_id", type_=Uuid()),
        )
    )
    if is_question:
        return query.join(StudyItem, StudyItem.id == Assignment.item_id).where(
            StudyItem.question_picture_id == StudyPicture.id
        )
    position = bindparam("position", type_=Integer())
    return query.join(StudyItemMember, StudyItemMember.item_id == Assignment.item_id).where(
        StudyItemMember.picture_id == StudyPicture.id,
        position >= 0,
        StudyItemMember.slot == cast(Assignment.slots.op("->>")(position), Integer),
    )


def list_done(session: Session, rater: Rater) -> list[Assignment]:
    """A rater's own work, the newest first: rated, not judged, and skipped."""
    query = (
        select(Assignment)
        .join(StudyItem, StudyItem.id == Assignment.item_id)
        .where(
            Assignment.rater_id == rater.id,
            Assignment.state.not_in((AssignmentState.LEASED, AssignmentState.RELEASED)),
            StudyItem.kind != ItemKind.PRACTICE,
        )
        .order_by(Assignment.turn.desc())
    )
    return list(session.scalars(query))


def speak(session: Session, study: Study, language: str) -> tuple[str, StudyWords, StudyWording]:
    """The study's newest words in this language, or in English."""
    wording = versions.read_newest_wording(session, study)
    return *wording.speak(language), wording


def _speak(session: Session, study: Study, language: str) -> tuple[str, StudyWords]:
    spoken, words, _ = speak(session, study, language)
    return spoken, words


_Question = aliased(StudyPicture)


@dataclass(frozen=True, kw_only=True)
class _Content:
    item: StudyItem
    prompt: Prompt
    by_slot: dict[int, Any]  # what stands there: text, or the size of a picture


def _map_items(session: Session, assignments: Sequence[Assignment]) -> dict[uuid.UUID, _Content]:
    rows = session.execute(
        select(
            StudyItem,
            Prompt,
            StudyItemMember.slot,
            StudyItemMember.answer,
            StudyPicture.width,
            StudyPicture.height,
            _Question.width.label("question_width"),
            _Question.height.label("question_height"),
        )
        .join(Prompt, Prompt.id == StudyItem.prompt_id)
        .join(StudyItemMember, StudyItemMember.item_id == StudyItem.id)
        .outerjoin(StudyPicture, StudyPicture.id == StudyItemMember.picture_id)
        .outerjoin(_Question, _Question.id == StudyItem.question_picture_id)
        .where(StudyItem.id.in_([each.item_id for each in assignments]))
    )
    found: dict[uuid.UUID, _Content] = {}
    for row in rows:
        item = row.StudyItem
        content = found.setdefault(item.id, _Content(item=item, prompt=row.Prompt, by_slot={}))
        content.by_slot[row.slot] = row
    return found


def _place(assignment: Assignment, content: _Content) -> tuple[Shown, ...]:
    by_slot = content.by_slot
    return tuple(
        Shown(
            position=position,
            answer=tidy_answer(by_slot[slot].answer),
            language=content.prompt.language,
            width=by_slot[slot].width,
            height=by_slot[slot].height,
        )
        for position, slot in enumerate(assignment.slots)
    )


def _show_question(content: _Content) -> Shown | None:
    if content.item.question_picture_id is None:
        return None
    row = next(iter(content.by_slot.values()))
    return Shown(
        position=-1,
        answer="",
        language="",
        width=row.question_width,
        height=row.question_height,
    )


def tidy_answer(text: str) -> str:
    """The same white space in every arm: a model's habit must not tell it."""
    lines = [" ".join(line.split()) for line in text.replace("\r\n", "\n").split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")


def _find_instruction(item: StudyItem) -> int | None:
    if item.kind != ItemKind.CHECK or not item.expected:
        return None
    return int(next(iter(item.expected.values()))[0])


def _recall(
    session: Session, design: StudyDesign, assignments: Sequence[Assignment]
) -> dict[uuid.UUID, Said]:
    """By assignment. What was never rated is not asked about: a page of work is new every time."""
    rated = {each.id: each for each in assignments if each.state in _RATED}
    if not rated:
        return {}
    newest = saving.list_newest(session, list(rated))
    scores = saving.map_scores(session, [each.id for each in newest])
    return {
        each.assignment_id: Said(
            values=_read_values(design, rated[each.assignment_id], scores.get(each.id, {})),
            cannot_judge=each.cannot_judge or "",
            comment=each.comment_in_unicode or each.comment,
            at=each.created_at,
        )
        for each in newest
    }


def _read_values(design: StudyDesign, assignment: Assignment, scores: Scores) -> dict[str, Any]:
    """Scores by slot, as the form has them: by position."""
    found: dict[str, Any] = {}
    for (criterion, slot), value in scores.items():
        if design.form == "likert":
            found[criterion] = value
        elif design.form == "pair":
            other = {-1: "tie", -2: "both_bad"}
            found[criterion] = other.get(value) or str(assignment.slots.index(value) + 1)
        else:
            places = found.setdefault(criterion, [0] * len(assignment.slots))
            places[assignment.slots.index(slot)] = value
    return found
