"""The four cells of {base, adapted} x {plain, retrieved}, and a study of their answers.

A comparison names its variants as the answers did; here they are rows again.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark
from domain.comparisons import errors
from domain.jobs.models import Job, JobState
from domain.launches import inputs as job_inputs
from domain.prompts import queries as prompts
from domain.prompts.models import PromptSet
from domain.regions import service as regions
from domain.settings import Settings
from domain.shelf import service as shelf
from domain.studies import drafting, presets
from domain.studies.drafting import ArmChoice, NewStudy
from domain.studies.models import Study
from domain.users.person import Person
from domain.variants import queries as variants
from domain.variants.models import Variant, VariantRole
from specs.kinds.answers.answers_compare import AnswersCompare

ROLES, SIDES = ("base", "adapted"), ("plain", "retrieved")
# As stats.frontier.two_by_two calls them, which is too heavy for the web to load.
CELLS = tuple(f"{role}_{side}" for role in ROLES for side in SIDES)
FORMS = ("likert", "rank")
BASE = "base_plain"

AnyRow = TypeVar("AnyRow", Job, Benchmark)


@dataclass(frozen=True, kw_only=True)
class Compared:
    quiz: Benchmark
    variants: Mapping[str, Variant]  # by cell; none of one that is not here any more


def find(session: Session, job: Job) -> Compared:
    """Of a comparison that has succeeded. Raises NoComparison."""
    if job.kind != AnswersCompare.kind or job.state != JobState.SUCCEEDED:
        raise errors.NoComparison(job.id)
    return describe(session, job, job.result or {})


def describe(session: Session, job: Job, result: Mapping[str, Any]) -> Compared:
    """Of one that ends now: `result` is what it found. Raises NotTraced, NotHelped."""
    ids: dict[str, Any] = {}
    for side in SIDES:
        scored = _find_read(session, job, side, Job)
        quiz = _find_read(session, scored, "quiz", Benchmark)
        answered = _find_read(session, scored, "outputs", Job)
        rows = (answered.result or {}).get("rows", {})
        ids |= {f"{role}_{side}": rows.get(result[role]) for role in ROLES}
    named = variants.list_by_id(session, [each for each in ids.values() if each])
    by_id = {str(row_id): row for row_id, row in named.items()}
    cells = {cell: by_id[ids[cell]] for cell in CELLS if ids[cell] in by_id}
    _check_helped(cells)
    return Compared(quiz=quiz, variants=cells)


def _find_read(session: Session, job: Job, name: str, table: type[AnyRow]) -> AnyRow:
    """What a job read under this name, if that is a row of the table. Raises NotTraced."""
    row = job_inputs.list_rows(session, job.id).get(name)
    if not isinstance(row, table):
        raise errors.NotTraced(job.id, name)
    return row


def _check_helped(cells: Mapping[str, Variant]) -> None:
    """Of each role that is here on both sides."""
    for role in ROLES:
        plain, retrieved = (cells.get(f"{role}_{side}") for side in SIDES)
        if plain is None or retrieved is None:
            continue
        if retrieved.role != VariantRole.RETRIEVED or retrieved.base_id != plain.id:
            raise errors.NotHelped(retrieved.name, plain.name)


def draft_study(
    session: Session, job: Job, form: str, settings: Settings, *, actor: Person | None
) -> Study:
    """A draft over the quiz's questions with the four cells as arms. People look at it, change what
    they like, and open it. Raises CellsMissing, CellTwice: three arms would be another study.
    """
    if form not in FORMS:
        raise errors.NoSuchForm(form, FORMS)
    compared = find(session, job)
    _check_whole(compared.variants)
    quiz = compared.quiz
    counts = prompts.count_by(session, quiz.prompts_id)
    region = next(iter(counts["region"]), "") or regions.list_regions(settings)[0].key
    design, wording = presets.fill(
        settings,
        f"answers-{form}",
        region,
        design={"strata": _choose_strata(session, quiz, counts["stratum"])},
        wording={},
    )
    (name,) = shelf.list_free_names(session, Study, [f"{quiz.name[:90]}, two by two"])
    new = NewStudy(
        name=name,
        region=region,
        prompt_set_id=quiz.prompts_id,
        design=design,
        wording=wording,
        arms=tuple(
            ArmChoice(variant_id=variant.id, is_baseline=cell == BASE)
            for cell, variant in compared.variants.items()
        ),
    )
    return drafting.create(session, new, settings=settings, actor=actor)


def _check_whole(cells: Mapping[str, Variant]) -> None:
    missing = [cell for cell in CELLS if cell not in cells]
    if missing:
        raise errors.CellsMissing(missing)
    counted = Counter(variant.name for variant in cells.values())  # names are unique
    (name, times), *_ = counted.most_common(1)
    if times > 1:
        raise errors.CellTwice(name)


def _choose_strata(session: Session, quiz: Benchmark, counts: Mapping[str, int]) -> list[str]:
    """Those that the questions state, if every one states one; else none, and all are asked."""
    num_prompts = session.get_one(PromptSet, quiz.prompts_id).num_prompts
    return sorted(counts) if sum(counts.values()) == num_prompts else []
