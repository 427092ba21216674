"""Whatever eight raters do at the same time: no item gets more than its quota, nobody meets an item
twice, no rating is lost, and no item starves while somebody could still do it.

Steps run in a database of their own and are committed; some of them run at the same moment, in
threads, as raters' requests do.
"""

import datetime as dt
import random
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from domain import clock
from domain.db import connect
from domain.ratings import saving, taking
from domain.ratings.models import Assignment, AssignmentState, Rating
from domain.ratings.saving import Submission
from domain.settings import Settings
from domain.studies.models import StudyItem
from tests.studies import make_design, make_rater, make_study

NUM_RATERS, QUOTA = 8, 2
DESIGN = make_design(raters_per_item=QUOTA, controls={"repeats": 0.2})
Factory = sessionmaker[Session]


@pytest.fixture(scope="module")
def factory(make_database: Callable[[], str]) -> Iterator[Factory]:
    """Commits are real here."""
    engine = connect(make_database(), pool_size=NUM_RATERS)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


class Raters(RuleBasedStateMachine):
    """The model: which client keys were answered with success."""

    factory: Factory
    settings: Settings

    @initialize(num_items=st.integers(1, 4))
    def open(self, num_items: int) -> None:
        with self.factory.begin() as session:
            study = make_study(session, self.settings, num_items=num_items, design=DESIGN)
            self.study_id = study.id
            self.raters = [make_rater(session, study).id for _ in range(NUM_RATERS)]
        self.sent: dict[uuid.UUID, uuid.UUID] = {}  # client key -> rating
        self.lock = threading.Lock()

    @rule(rater=st.integers(0, NUM_RATERS - 1), num=st.integers(1, 5))
    def take(self, rater: int, num: int) -> None:
        with self.factory.begin() as session:
            taken = taking.take(session, self.raters[rater], num=num)
            assert len({each.item_id for each in taken.held}) == len(taken.held) <= 5

    @rule(rater=st.integers(0, NUM_RATERS - 1), value=st.integers(1, 3), times=st.integers(1, 2))
    def save(self, rater: int, value: int, times: int) -> None:
        self._save(rater, value, times=times)

    @rule(rater=st.integers(0, NUM_RATERS - 1))
    def cannot_judge(self, rater: int) -> None:
        self._save(rater, 0, times=1)

    @rule(rater=st.integers(0, NUM_RATERS - 1))
    def skip(self, rater: int) -> None:
        with self.factory.begin() as session:
            for each in self._list(session, rater, AssignmentState.LEASED)[:1]:
                taking.skip(session, self.raters[rater], each.id)

    @rule(rater=st.integers(0, NUM_RATERS - 1), value=st.integers(0, 3))
    def change(self, rater: int, value: int) -> None:
        """Undo, and say something else."""
        done = (AssignmentState.PRIMARY, AssignmentState.SURPLUS, AssignmentState.CANNOT_JUDGE)
        with self.factory.begin() as session:
            for each in self._list(session, rater, *done)[-1:]:
                self._submit(session, rater, each.id, value, uuid.uuid4())

    @rule(rater=st.integers(0, NUM_RATERS - 1), value=st.integers(1, 3))
    def send_late(self, rater: int, value: int) -> None:
        """What was rated without a network arrives after the lease has gone to the pool."""
        with self.factory.begin() as session:
            for each in self._list(session, rater, AssignmentState.RELEASED)[:1]:
                self._submit(session, rater, each.id, value, uuid.uuid4())

    @rule(rater=st.integers(0, NUM_RATERS - 1))
    def expire(self, rater: int) -> None:
        """Leave, and let the time run out."""
        with self.factory.begin() as session:
            session.execute(
                update(Assignment)
                .where(
                    Assignment.rater_id == self.raters[rater],
                    Assignment.state == AssignmentState.LEASED,
                )
                .values(lease_expires_at=clock.now() - dt.timedelta(minutes=1))
            )

    @rule(rater=st.integers(0, NUM_RATERS - 1))
    def come_back(self, rater: int) -> None:
        with self.factory.begin() as session:
            for each in self._list(session, rater, AssignmentState.RELEASED)[:1]:
                taking.extend(session, self.raters[rater], each.id)

    @rule(seed=st.integers(0, 2**16))
    def all_at_once(self, seed: int) -> None:
        """Every rater takes and saves, each in a thread of their own."""

        def work(number: int) -> None:
            rng = random.Random(seed + number)
            with self.factory.begin() as session:
                taking.take(session, self.raters[number], num=rng.randint(1, 3))
            self._save(number, rng.randint(0, 3), times=rng.randint(1, 2))

        with ThreadPoolExecutor(NUM_RATERS) as pool:
            list(pool.map(work, range(NUM_RATERS)))

    @invariant()
    def no_item_is_over_its_quota_and_its_counts_are_true(self) -> None:
        with self.factory.begin() as session:
            for item, primary, leased in session.execute(
                select(
                    StudyItem,
                    func.count().filter(Assignment.state == AssignmentState.PRIMARY),
                    func.count().filter(Assignment.state == AssignmentState.LEASED),
                )
                .outerjoin(Assignment, Assignment.item_id == StudyItem.id)
                .where(StudyItem.study_id == self.study_id)
                .group_by(StudyItem.id)
            ):
                assert (item.num_primary, item.num_open) == (primary, leased)
                assert primary + leased <= QUOTA

    @invariant()
    def no_rating_is_lost(self) -> None:
        with self.factory.begin() as session:
            kept = dict(
                session.execute(
                    select(Rating.client_key, Rating.id).where(Rating.client_key.in_(self.sent))
                ).all()
            )
        assert kept == self.sent

    def teardown(self) -> None:
        """At last everybody works on: what is not full then, nobody could do."""
        if not hasattr(self, "raters"):
            return
        with self.factory.begin() as session:
            session.execute(
                update(Assignment)
                .where(Assignment.state == AssignmentState.LEASED)
                .values(lease_expires_at=clock.now() - dt.timedelta(minutes=1))
            )
        for _ in range(3):  # repeats come after what they repeat
            for rater in range(NUM_RATERS):
                self._finish(rater)
        with self.factory.begin() as session:
            self._check_nothing_starved(session)

    def _finish(self, rater: int) -> None:
        while True:
            with self.factory.begin() as session:
                taken = taking.take(session, self.raters[rater], num=5)
                for each in taken.held:
                    self._submit(session, rater, each.id, 2, uuid.uuid4())
            if not taken.held:
                return

    def _check_nothing_starved(self, session: Session) -> None:
        met: dict[uuid.UUID, set[uuid.UUID]] = {}
        scored: dict[uuid.UUID, set[uuid.UUID]] = {}
        for each in session.scalars(
            select(Assignment)
            .join(StudyItem, StudyItem.id == Assignment.item_id)
            .where(StudyItem.study_id == self.study_id)
        ):
            met.setdefault(each.item_id, set()).add(each.rater_id)
            if each.state in (AssignmentState.PRIMARY, AssignmentState.SURPLUS):
                scored.setdefault(each.item_id, set()).add(each.rater_id)
        for item in session.scalars(select(StudyItem).where(StudyItem.study_id == self.study_id)):
            could = scored.get(item.original_id, set()) if item.original_id else set(self.raters)
            has_place = item.num_primary + item.num_open < item.quota
            assert not (has_place and could - met.get(item.id, set()))

    def _save(self, rater: int, value: int, *, times: int) -> None:
        with self.factory.begin() as session:
            held = self._list(session, rater, AssignmentState.LEASED)[:1]
        key = uuid.uuid4()
        for each in held:
            for _ in range(times):
                with self.factory.begin() as session:
                    self._submit(session, rater, each.id, value, key)

    def _submit(
        self, session: Session, rater: int, assignment: uuid.UUID, value: int, key: uuid.UUID
    ) -> None:
        sent = Submission(
            client_key=key,
            values={"correctness": value, "naturalness": value} if value else {},
            cannot_judge="" if value else "cannot_tell",
        )
        saved = saving.submit(session, self.raters[rater], assignment, sent)
        with self.lock:
            assert self.sent.setdefault(key, saved.rating_id) == saved.rating_id

    def _list(self, session: Session, rater: int, *states: AssignmentState) -> list[Assignment]:
        query = (
            select(Assignment)
            .where(Assignment.rater_id == self.raters[rater], Assignment.state.in_(states))
            .order_by(Assignment.turn)
        )
        return list(session.scalars(query))


def run(factory: Factory, tmp_path: Path, services: object, **how: int) -> None:
    Raters.factory = factory
    Raters.settings = Settings(data=tmp_path / "var", database_url="postgresql://x/y")
    run_state_machine_as_test(
        Raters,
        settings=settings(
            deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, **how
        ),
    )


@pytest.mark.timeout(300)
def test_whatever_raters_do_the_books_are_right(
    factory: Factory, tmp_path: Path, services: object
) -> None:
    run(factory, tmp_path, services, max_examples=6, stateful_step_count=20)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_same_at_length(factory: Factory, tmp_path: Path, services: object) -> None:
    run(factory, tmp_path, services, max_examples=150, stateful_step_count=50)


def test_a_client_key_that_comes_twice_at_the_same_moment_makes_one_rating(
    factory: Factory, tmp_path: Path
) -> None:
    with factory.begin() as session:
        study = make_study(
            session, Settings(data=tmp_path, database_url="postgresql://x/y"), num_items=1
        )
        rater = make_rater(session, study).id
        (held,) = taking.take(session, rater).held
    sent = Submission(client_key=uuid.uuid4(), values={"correctness": 1, "naturalness": 2})

    def send(_number: int) -> saving.Saved:
        with factory.begin() as session:
            return saving.submit(session, rater, held.id, sent)

    with ThreadPoolExecutor(6) as pool:
        saved = list(pool.map(send, range(6)))

    assert len({each.rating_id for each in saved}) == 1
    assert sum(each.was_known for each in saved) == 5
