"""Two who change one base at the same time, on connections of their own."""

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from domain.db import connect
from domain.jobs.models import JobState
from domain.knowledge import curating, errors, queries
from domain.knowledge import service as knowledge
from domain.knowledge.models import KnowledgeBase
from specs import knowledge as written
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.knowledge import PassageLine
from tests.factories import make_artifact, make_job, make_knowledge_base

LINES = [PassageLine(text=f"Passage {number}.") for number in range(50)]


@pytest.fixture
def own_engine(make_database: Callable[[], str]) -> Iterator[Engine]:
    engine = connect(make_database())
    yield engine
    engine.dispose()


def run_at_once(engine: Engine, *verbs: Callable[[Session], object]) -> list[str]:
    """Each in a transaction of its own, committed; the names of what they raised."""
    start = threading.Barrier(len(verbs))
    raised: list[str] = []

    def run(verb: Callable[[Session], object]) -> None:
        with Session(engine) as session:
            start.wait()
            try:
                verb(session)
                session.commit()
            except errors.PassageNotCurrent as error:
                raised.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return raised


def take_in(session: Session) -> None:
    job = make_job(
        session, state=JobState.SUCCEEDED, spec=KnowledgeImport(name="Dishes", source="a.md")
    )
    base = knowledge.find_or_create(session, name="Dishes", region="", job=job)
    artifact = make_artifact(session, kind="knowledge")
    curating.take_in(session, base.id, LINES, artifact=artifact, job=job)


def check(session: Session) -> KnowledgeBase:
    (base,) = session.scalars(select(KnowledgeBase)).all()
    rows = queries.list_passages(session, base.id, limit=1000)
    assert base.digest == written.digest([row.digest for row in rows])
    assert base.num_passages == len(rows)
    assert len({row.position for row in rows}) == len(rows)
    return base


def test_one_file_that_is_imported_twice_at_once_is_taken_in_once(own_engine: Engine) -> None:
    assert run_at_once(own_engine, take_in, take_in, take_in) == []
    with Session(own_engine) as session:
        assert check(session).num_passages == len(LINES)


def test_two_who_add_at_once_both_add(own_engine: Engine) -> None:
    with Session(own_engine) as session:
        base_id = make_knowledge_base(session, "Soto.").id
        session.commit()
    adds = [
        lambda session, text=text: curating.add(session, base_id, {"text": text}, actor=None)
        for text in ("Rendang.", "Pho.", "Laksa.")
    ]
    assert run_at_once(own_engine, *adds) == []
    with Session(own_engine) as session:
        assert check(session).revision == 5


def test_of_two_who_edit_one_passage_at_once_the_second_is_told(own_engine: Engine) -> None:
    with Session(own_engine) as session:
        base = make_knowledge_base(session, "Soto.")
        (passage,) = queries.list_passages(session, base.id)
        base_id, passage_id = base.id, passage.id
        session.commit()
    edits = [
        lambda session, text=text: curating.edit(
            session, base_id, passage_id, {"text": text}, actor=None
        )
        for text in ("Soto ayam.", "Soto betawi.")
    ]
    assert run_at_once(own_engine, *edits) == ["PassageNotCurrent"]
    with Session(own_engine) as session:
        assert check(session).num_passages == 1
