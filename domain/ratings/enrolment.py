"""How people come into a study, and how they leave it with all that is theirs."""

import datetime as dt
import secrets as random_secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from domain import clock
from domain.ratings import errors, rules, taking
from domain.ratings.models import (
    Assignment,
    AssignmentState,
    Invite,
    Rater,
    RaterState,
    Rating,
    RatingScore,
)
from domain.regions import service as regions
from domain.settings import Settings
from domain.studies import sandbox
from domain.studies import service as studies
from domain.studies.models import Study, StudyItem, StudyState
from domain.users import audit, secrets
from domain.users.models import User
from domain.users.person import Person
from specs.region import Region
from specs.study.design import Medium

INVITE_VALID_FOR = dt.timedelta(days=30)
_LONGEST_LABEL = 120


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a rater says of themselves."""

    country: str  # ISO 3166-1 alpha-2, where they live
    grew_up_in: str = ""
    languages: tuple[str, ...] = ()
    expertise: Mapping[str, int] | None = None  # stratum -> 0 none, 1 some, 2 a lot


def invite(
    session: Session,
    study: Study,
    *,
    label: str = "",
    max_uses: int | None = None,
    valid_for: dt.timedelta = INVITE_VALID_FOR,
    actor: Person | None,
) -> str:
    """The token of a link. It is shown this once."""
    token = secrets.make()
    row = Invite(
        study_id=study.id,
        label=label.strip()[:_LONGEST_LABEL],
        token_sha256=secrets.digest(token),
        max_uses=max_uses,
        expires_at=clock.now() + valid_for,
        created_by_id=actor.id if actor else None,
    )
    session.add(row)
    session.flush()
    audit.record(
        session, actor, "study.invite", subject=("study", study.id), invite=str(row.id),
        label=row.label,
    )  # fmt: skip
    return token


def revoke(session: Session, study: Study, invite_id: uuid.UUID, *, actor: Person) -> None:
    session.execute(
        update(Invite)
        .where(Invite.id == invite_id, Invite.study_id == study.id, Invite.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    audit.record(
        session, actor, "study.revoke_invite", subject=("study", study.id), invite=str(invite_id)
    )


def find_invite(session: Session, token: str) -> tuple[Invite, Study]:
    """Raises InviteSpent for whatever does not work, without saying why."""
    found = session.execute(
        select(Invite, Study)
        .join(Study, Study.id == Invite.study_id)
        .where(
            Invite.token_sha256 == secrets.digest(token),
            Invite.revoked_at.is_(None),
            Invite.expires_at > clock.now(),
            or_(Invite.max_uses.is_(None), Invite.num_uses < Invite.max_uses),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or found.Study.state == StudyState.DRAFT:
        raise errors.InviteSpent
    return found.Invite, found.Study


def find_rater(session: Session, study_id: uuid.UUID, user_id: uuid.UUID) -> Rater | None:
    return session.scalar(select(Rater).where(Rater.study_id == study_id, Rater.user_id == user_id))


def list_of(session: Session, user_id: uuid.UUID) -> list[tuple[Rater, Study]]:
    """The studies that somebody takes part in, the newest first; none that was archived."""
    rows = session.execute(
        select(Rater, Study)
        .join(Study, Study.id == Rater.study_id)
        .where(Rater.user_id == user_id, Study.archived_at.is_(None))
        .order_by(Rater.joined_at.desc())
    )
    return [(rater, study) for rater, study in rows]


def get_rater_and_study(
    session: Session, study_id: uuid.UUID, user_id: uuid.UUID
) -> tuple[Rater, Study]:
    """In one query, because every page begins with it."""
    found = session.execute(
        select(Rater, Study)
        .join(Study, Study.id == Rater.study_id)
        .where(Rater.study_id == study_id, Rater.user_id == user_id)
    ).one_or_none()
    if found is None:
        raise errors.NotInStudy
    return found.Rater, found.Study


def join(session: Session, token: str, user: User, *, is_agreed: bool) -> Rater:
    """With a link and the person's agreement to the words that are shown now."""
    if not is_agreed:
        raise errors.ConsentMissing
    _, study = find_invite(session, token)
    # One after the other: two who join at once get different numbers, and a link for one person
    # lets in one.
    studies.get(session, study.id, lock=True)
    found, study = find_invite(session, token)
    return _let_in(session, study, user, found)


def join_sandbox(session: Session, user: User, medium: Medium, *, is_agreed: bool) -> Rater:
    """The sandbox's studies ask for no link: everybody who is signed in may try them."""
    if not is_agreed:
        raise errors.ConsentMissing
    study = studies.get(session, sandbox.get(session, medium).id, lock=True)
    return _let_in(session, study, user)


def _let_in(session: Session, study: Study, user: User, invite: Invite | None = None) -> Rater:
    """The study is locked. Who comes again is who they were."""
    known = find_rater(session, study.id, user.id)
    if known is not None:
        return known
    if study.state == StudyState.CLOSED:
        raise errors.StudyOver
    if invite is not None:
        invite.num_uses += 1
    return enrol(session, study, user, invite_id=invite.id if invite else None)


def simulate(session: Session, study: Study) -> Rater:
    """A rater who is nobody, drawn by chance. The sandbox's studies have such, and no others."""
    if not study.is_sandbox:
        raise errors.SimulatedElsewhere(study.name)
    return enrol(session, studies.get(session, study.id, lock=True), None)


def enrol(
    session: Session,
    study: Study,
    user: User | None,
    *,
    invite_id: uuid.UUID | None = None,
) -> Rater:
    """Without a user it is a simulated one."""
    number = session.scalar(
        select(func.coalesce(func.max(Rater.number), 0)).where(Rater.study_id == study.id)
    )
    rater = Rater(
        study_id=study.id,
        user_id=user.id if user else None,
        invite_id=invite_id,
        number=(number or 0) + 1,
        seed=random_secrets.randbelow(2**62),
        consented_version=study.newest_version,
        is_simulated=user is None,
    )
    session.add(rater)
    session.flush()
    return rater


def describe_oneself(
    session: Session, rater: Rater, profile: Profile, *, settings: Settings
) -> Rater:
    """Raises NotEligible when the study is for others: what was said is kept all the same."""
    study = studies.get(session, rater.study_id)
    region = regions.get_region(settings, study.region)
    rater.profile = asdict(profile)
    rater.is_in_region = region.find_country(profile.country) is not None
    session.flush()
    return rater


def check_eligible(session: Session, rater: Rater, *, settings: Settings) -> None:
    study = studies.get(session, rater.study_id)
    if not rater.profile or not _is_eligible(
        study, rater, regions.get_region(settings, study.region)
    ):
        raise errors.NotEligible


def _is_eligible(study: Study, rater: Rater, region: Region) -> bool:
    return rules.is_eligible(
        studies.read_design(study).eligibility,
        country=str(rater.profile.get("country", "")),
        languages=rater.profile.get("languages", ()),
        region_countries=[country.code for country in region.countries],
    )


def finish_practice(session: Session, rater: Rater) -> None:
    rater.practised_at = rater.practised_at or clock.now()
    session.flush()


def let_go_on(session: Session, rater_id: uuid.UUID, *, actor: Person) -> Rater:
    """A researcher has looked at somebody whom the rule had paused."""
    rater = taking.lock_rater(session, rater_id)
    if rater.state == RaterState.PAUSED:
        rater.state = RaterState.ACTIVE.value
        rater.paused_because = ""
        audit.record(
            session, actor, "rater.resume", subject=("study", rater.study_id), rater=rater.number
        )
    session.flush()
    return rater


def withdraw(session: Session, rater_id: uuid.UUID) -> Rater:
    """Erase all that this person said; a count stays, and their places are free again."""
    rater = taking.lock_rater(session, rater_id)
    mine = session.scalars(
        select(Assignment).where(Assignment.rater_id == rater.id).with_for_update()
    ).all()
    ratings = select(Rating.id).where(Rating.assignment_id.in_([each.id for each in mine]))
    rater.num_erased = session.scalar(select(func.count()).select_from(ratings.subquery())) or 0
    _give_places_back(session, mine)
    session.execute(delete(RatingScore).where(RatingScore.rating_id.in_(ratings)))
    # History points backwards within itself: one statement takes all of it.
    session.execute(delete(Rating).where(Rating.id.in_(ratings)))
    session.execute(delete(Assignment).where(Assignment.rater_id == rater.id))
    rater.state = RaterState.WITHDRAWN.value
    rater.user_id = None
    rater.profile = {}
    rater.is_in_region = None
    session.flush()
    session.expire_all()
    return rater


def _give_places_back(session: Session, assignments: Sequence[Assignment]) -> None:
    by_item = {each.item_id: AssignmentState(each.state) for each in assignments}
    items = session.scalars(
        select(StudyItem)
        .where(StudyItem.id.in_(by_item))
        .order_by(StudyItem.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for item in items:
        item.num_primary -= by_item[item.id] == AssignmentState.PRIMARY
        item.num_open -= by_item[item.id] == AssignmentState.LEASED
    session.flush()
