"""Raters who are drawn by chance, so that a study can be tried out and what is counted from its
ratings held against what is known.

How good a picture is, is what the sandbox's judge says of it; how good an answer is, is what the
quiz says of it, right or wrong (`judged`, from 0 to 1). A rater puts that on the scale, takes their
own severity off, adds noise, and says the nearest level; all of the criteria start from that one
value. They work as people do: with a practice, with leases, and one rating after another.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy.orm import Session

from domain.ratings import enrolment, saving, taking
from domain.ratings.enrolment import Profile
from domain.ratings.models import Assignment
from domain.ratings.saving import Submission
from domain.regions import service as regions
from domain.settings import Settings
from domain.studies import errors, sandbox
from domain.studies import service as studies
from domain.studies.models import ItemKind, Study, StudyState
from domain.studies.sandbox import Known
from specs.region import Country
from specs.study.design import Criterion, StudyDesign

# In levels of the scale: how far raters differ from each other, and from themselves.
SEVERITY_SD = 0.4
NOISE = (0.2, 0.6)


@dataclass(frozen=True, kw_only=True)
class Simulated:
    rater_id: uuid.UUID
    number: int  # the pseudonym, as in exports
    severity: float  # levels that are taken off
    noise: float  # standard deviation, in levels
    seed: str

    def choose(self, true: float, criterion: Criterion, item: uuid.UUID) -> int:
        rng = _begin(f"{self.seed} {item} {criterion.key}")
        felt = 1 + true * (criterion.levels - 1) - self.severity + rng.gauss(0, self.noise)
        return min(criterion.levels, max(1, round(felt)))


def add(
    session: Session, study: Study, num: int, *, settings: Settings, seed: int
) -> list[Simulated]:
    """So many more, who have said where they live and have practised."""
    countries = regions.get_region(settings, study.region).countries
    return [_add_one(session, study, settings, countries, seed) for _ in range(num)]


def rate_some(session: Session, study: Study, simulated: Simulated) -> int:
    """As many as a person holds at a time. Returns how many; nothing is open to them after 0."""
    taken = taking.take(session, simulated.rater_id, num=taking.MOST_HELD)
    for assignment in taken.held:
        _rate(session, study, simulated, assignment)
    return len(taken.held)


def _add_one(
    session: Session, study: Study, settings: Settings, countries: tuple[Country, ...], seed: int
) -> Simulated:
    rater = enrolment.simulate(session, study)
    if study.state != StudyState.OPEN:
        raise errors.StudyNotOpen(study.name, study.state)
    drawn = f"{seed} {rater.number}"
    rng = _begin(drawn)
    simulated = Simulated(
        rater_id=rater.id,
        number=rater.number,
        severity=round(rng.gauss(0, SEVERITY_SD), 3),
        noise=round(rng.uniform(*NOISE), 3),
        seed=drawn,
    )
    home = countries[rater.number % len(countries)]
    profile = Profile(country=home.code, grew_up_in=home.code, languages=home.languages)
    enrolment.describe_oneself(session, rater, profile, settings=settings)
    # Kept where what people say of themselves is: it is all that is known of this one.
    rater.profile = {
        **rater.profile, "severity": simulated.severity, "noise": simulated.noise
    }  # fmt: skip
    for assignment in taking.take_practice(session, rater.id):
        _rate(session, study, simulated, assignment)
    enrolment.finish_practice(session, rater)
    return simulated


def _rate(session: Session, study: Study, simulated: Simulated, assignment: Assignment) -> None:
    known = sandbox.get_known(session, assignment.item_id)
    values = dict(_choose_all(studies.read_design(study), simulated, assignment, known))
    sent = Submission(
        client_key=uuid.uuid4(), values=values, ui_language="en", app_version=version("ggez")
    )
    saving.submit(session, simulated.rater_id, assignment.id, sent)


def _choose_all(
    design: StudyDesign, simulated: Simulated, assignment: Assignment, known: Known
) -> Iterator[tuple[str, int]]:
    for criterion in design.criteria:
        if known.kind == ItemKind.CHECK:
            yield criterion.key, known.expected[criterion.key][0]
        else:
            true = _find_true(known, criterion)
            yield criterion.key, simulated.choose(true, criterion, assignment.item_id)


def _find_true(known: Known, criterion: Criterion) -> float:
    """An output of something else is wrong, however good it is of that."""
    if known.kind == ItemKind.WRONG_CULTURE and criterion.key in known.expected:
        return 0.0
    return float(known.facts["judged"])


def _begin(text: str) -> random.Random:
    return random.Random(text)  # noqa: S311 - repeatable, not secret
