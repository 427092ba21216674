"""A name once, whatever happens at the same time; nothing is deleted."""

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from domain.prompts import service as prompts
from domain.prompts.models import PromptSet
from domain.shelf import errors, queries, service
from domain.users.models import AuditEntry
from tests.factories import make_prompt_set


def test_names_are_tidied_and_bounded(session: Session) -> None:
    row = make_prompt_set(session)
    assert service.rename(session, row, "  a\tb\n c ", actor=None).name == "a b c"
    for name in ("", " \n", "x" * 121):
        with pytest.raises(errors.NameEmpty):
            service.rename(session, row, name, actor=None)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action.like("%.rename"))).one()
    assert (entry.action, entry.detail["after"]) == ("prompt_set.rename", "a b c")


def test_archived_names_stay_taken(session: Session) -> None:
    row = make_prompt_set(session, name="Old")
    service.archive(session, row, actor=None)
    with pytest.raises(errors.AlreadyArchived, match="'Old' is archived already"):
        service.archive(session, row, actor=None)
    with pytest.raises(errors.NameTaken, match="already an archived prompt set named 'Old'"):
        make_prompt_set(session, name="Old")
    assert queries.list_rows(session, PromptSet) == []
    assert queries.list_rows(session, PromptSet, archived=True) == [row]
    service.unarchive(session, row, actor=None)
    with pytest.raises(errors.NotArchived):
        service.unarchive(session, row, actor=None)


def test_names_that_nobody_gave_get_a_number_where_they_are_taken(session: Session) -> None:
    make_prompt_set(session, name="A")
    make_prompt_set(session, name="A (2)")
    free = service.list_free_names(session, PromptSet, ["A", "B", "B"])
    assert free == ["A (3)", "B", "B (2)"]


@pytest.fixture
def committed(engine: Engine) -> Iterator[Callable[[], Session]]:
    """Sessions that really commit."""
    yield lambda: Session(engine)
    with Session(engine) as session:
        session.execute(text("TRUNCATE prompts, prompt_sets, audit_entries CASCADE"))
        session.commit()


def test_of_two_in_one_instant_the_second_is_told(committed: Callable[[], Session]) -> None:
    """The second has looked before the first was committed, waits for it, and gets a sentence."""
    told: list[str] = []

    def add_second() -> None:
        with committed() as second:
            try:
                prompts.create(second, name="Same", text="b", actor=None)
            except errors.NameTaken as error:
                told.append(str(error))
            # The transaction goes on: other work in it is not lost.
            assert second.scalar(text("SELECT 1")) == 1
            second.commit()

    with committed() as first:
        prompts.create(first, name="Same", text="a", actor=None)
        thread = threading.Thread(target=add_second)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive()
        first.commit()
    thread.join(timeout=10)
    assert told == ["There is already a prompt set named 'Same'. Choose another name."]
