"""From what a study of distillation found to what its page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.distillation.charts import Charts
from domain.jobs.models import Job
from domain.studies.kept import Kept
from domain.variants import queries as variants
from domain.variants.models import Variant
from reports.distillation import conditions, formulas, tables, words
from reports.distillation.formulas import Explained
from reports.distillation.tables import Table
from reports.speech import Speech
from stats.distillation.study import Student, Study, Teacher

# By job and language: what was found never changes, and drawing takes longer than all the rest.
_drawn = Kept[Mapping[str, Charts]](most=20)


@dataclass(frozen=True, kw_only=True)
class OfTeacher:
    teacher: Teacher
    variant: Variant | None  # none of one whose weights are not here any more
    charts: Charts
    tables: Sequence[Table]


@dataclass(frozen=True, kw_only=True)
class View:
    job: Job
    study: Study
    speech: Speech
    teachers: Sequence[OfTeacher]
    students: Sequence[tuple[Student, Variant | None]]

    @property
    def summary(self) -> Sequence[str]:
        return words.summarise(self.study, self.speech)

    @property
    def conditions(self) -> Sequence[tuple[str, str]]:
        return conditions.list_conditions(self.study, self.speech)

    @property
    def tasks(self) -> Sequence[str]:
        return conditions.explain_tasks(self.study, self.speech)

    @property
    def whether(self) -> str:
        return words.say_whether(self.study, self.speech)

    @property
    def trade_offs(self) -> Sequence[str]:
        return words.list_trade_offs(self.study, self.speech)

    @property
    def rule(self) -> str:
        return words.say_rule(self.speech)

    @property
    def methods(self) -> Sequence[Explained]:
        return formulas.explain(self.study, self.speech)

    @property
    def whose(self) -> str:
        return formulas.say_whose(self.speech)

    @property
    def published(self) -> Sequence[str]:
        return words.compare_published(self.study, self.speech)

    @property
    def limits(self) -> Sequence[str]:
        return words.list_limits(self.study, self.speech)


def make_view(session: Session, job: Job, study: Study, language: str) -> View:
    speech = Speech(language)
    digests = [each.digest for each in study.teachers]
    digests += [each.digest for each in study.students]
    rows = variants.map_by_digest(session, digests)
    drawn = _drawn.get((job.id, language), lambda: _draw(study, speech))
    return View(
        job=job,
        study=study,
        speech=speech,
        teachers=[
            OfTeacher(
                teacher=teacher,
                variant=rows.get(teacher.digest),
                charts=drawn[teacher.name],
                tables=tables.list_tables(study, teacher.name, speech),
            )
            for teacher in study.teachers
        ],
        students=[(student, rows.get(student.digest)) for student in study.students],
    )


def _draw(study: Study, speech: Speech) -> Mapping[str, Charts]:
    # As app/results/pages.py does it: the first who looks waits for what draws.
    from app.distillation import drawing  # noqa: PLC0415 - see above

    return drawing.draw_all(study, speech)
