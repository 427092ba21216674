"""Passages are added, edited and removed, and what they were is kept."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.jobs.models import JobState
from domain.knowledge import curating, errors, queries
from domain.knowledge import service as knowledge
from domain.knowledge.models import KnowledgeBase, Passage
from domain.shelf import errors as shelf_errors
from domain.users.models import AuditEntry
from domain.users.person import Person
from specs import knowledge as written
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.knowledge import PassageLine
from tests.factories import make_artifact, make_job, make_knowledge_base, make_passage, make_user


@pytest.fixture
def base(session: Session) -> KnowledgeBase:
    return make_knowledge_base(session, "Soto is a soup.", "Rendang is a stew.", name="Dishes")


def tell(session: Session, base: KnowledgeBase) -> list[str]:
    return [each.text for each in queries.list_passages(session, base.id)]


def test_a_new_base_is_empty_and_says_so_by_its_digest(session: Session) -> None:
    base = knowledge.create(session, name=" Dishes ", region="sea", actor=None)
    assert (base.name, base.region, base.num_passages, base.revision) == ("Dishes", "sea", 0, 1)
    assert base.digest == written.digest([])
    with pytest.raises(shelf_errors.NameTaken):
        knowledge.create(session, name="Dishes", actor=None)


def test_a_base_has_the_digest_of_its_passages_in_order(
    session: Session, base: KnowledgeBase
) -> None:
    lines = [PassageLine(text=text) for text in ("Soto is a soup.", "Rendang is a stew.")]
    assert base.digest == written.digest([line.digest for line in lines])
    assert (base.num_passages, base.revision) == (2, 3)
    again = make_knowledge_base(session, "Soto is a soup.", "Rendang is a stew.")
    turned = make_knowledge_base(session, "Rendang is a stew.", "Soto is a soup.")
    assert again.digest == base.digest != turned.digest


def test_an_edited_passage_takes_the_place_of_what_it_was(
    session: Session, base: KnowledgeBase
) -> None:
    first, _ = queries.list_passages(session, base.id)
    person = Person.of(make_user(session))
    values = {"text": "Soto is a clear soup.\r\n", "country": "id", "language": "en"}
    edited = curating.edit(session, base.id, first.id, values, actor=person)
    assert tell(session, base) == ["Soto is a clear soup.", "Rendang is a stew."]
    assert (edited.country, edited.replaces_id, first.until) == ("ID", first.id, base.revision)
    assert first.text == "Soto is a soup."
    assert queries.list_earlier(session, edited) == [first]
    assert queries.find_successor(session, first) == edited
    newest, *_ = queries.list_revisions(session, base.id)
    assert (newest.what, newest.made_by_id, newest.digest) == ("edit", person.id, base.digest)
    (entry,) = session.scalars(
        select(AuditEntry).where(
            AuditEntry.action == "passage.edit", AuditEntry.subject_id == str(base.id)
        )
    )
    assert entry.detail["passage"] == str(edited.id)


def test_what_is_not_changed_makes_no_revision(session: Session, base: KnowledgeBase) -> None:
    first, _ = queries.list_passages(session, base.id)
    before = base.revision
    same = curating.edit(session, base.id, first.id, {"text": " Soto is a soup. "}, actor=None)
    assert (same, base.revision) == (first, before)


def test_a_removed_passage_leaves_the_base_and_stays_in_its_revisions(
    session: Session, base: KnowledgeBase
) -> None:
    first, second = queries.list_passages(session, base.id)
    before = base.revision
    curating.remove(session, base.id, first.id, actor=None)
    assert tell(session, base) == ["Rendang is a stew."]
    assert base.num_passages == 1
    was = queries.walk_revision(session, base.id, before, rows_at_once=1)
    assert list(was) == [first, second]
    curating.add(session, base.id, {"text": "Soto is a soup."}, actor=None)
    assert tell(session, base) == ["Rendang is a stew.", "Soto is a soup."]


def test_whoever_comes_second_is_told_that_the_passage_is_an_earlier_one(
    session: Session, base: KnowledgeBase
) -> None:
    first, _ = queries.list_passages(session, base.id)
    curating.edit(session, base.id, first.id, {"text": "New."}, actor=None)
    for change in (
        lambda: curating.edit(session, base.id, first.id, {"text": "Newer."}, actor=None),
        lambda: curating.remove(session, base.id, first.id, actor=None),
    ):
        with pytest.raises(errors.PassageNotCurrent), session.begin_nested():
            change()


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"text": " \n"}, errors.PassageEmpty, "text"),
        ({"text": "x" * 20_001}, errors.ValueTooLong, "text"),
        ({"text": "x", "title": "y" * 401}, errors.ValueTooLong, "title"),
        ({"text": "x", "source": "a\u200bb"}, errors.ValueNotOneLine, "source"),
        ({"text": "x", "country": "Indonesia"}, errors.CountryUnknown, "country"),
        ({"text": "x", "language": "very english"}, errors.LanguageUnknown, "language"),
        ({"text": "Soto is a soup."}, errors.PassageTwice, "text"),
    ],
)
def test_what_is_wrong_names_its_field_and_changes_nothing(
    session: Session,
    base: KnowledgeBase,
    values: dict[str, str],
    error: type[errors.Invalid],
    field: str,
) -> None:
    before = (base.revision, base.digest)
    with pytest.raises(error) as caught, session.begin_nested():
        curating.add(session, base.id, values, actor=None)
    assert caught.value.field == field
    session.refresh(base)
    assert (base.revision, base.digest) == before


def test_a_passage_of_another_base_is_not_found(session: Session, base: KnowledgeBase) -> None:
    other = make_passage(session, make_knowledge_base(session))
    with pytest.raises(errors.PassageNotFound):
        curating.get(session, base, other.id)
    with pytest.raises(errors.PassageNotFound), session.begin_nested():
        curating.remove(session, base.id, other.id, actor=None)


def test_an_archived_base_is_not_changed(session: Session, base: KnowledgeBase) -> None:
    person = Person.of(make_user(session))
    knowledge.archive(session, base.id, actor=person)
    with pytest.raises(errors.BaseIsArchived, match="'Dishes' is archived"):
        make_passage(session, base)


def test_a_file_that_is_taken_in_twice_adds_nothing(session: Session, base: KnowledgeBase) -> None:
    spec = KnowledgeImport(name="Dishes", source="a.md")
    job = make_job(session, state=JobState.SUCCEEDED, spec=spec)
    artifact = make_artifact(session, kind="knowledge")
    lines = [
        PassageLine(text="Soto is a soup."),
        PassageLine(text="Laksa is a soup.", picture="pictures/a.png"),
        PassageLine(text="Pho is a soup."),
    ]
    taken = curating.take_in(session, base.id, lines, artifact=artifact, job=job)
    assert (taken.num_new, taken.num_known, taken.num_removed) == (2, 1, 0)
    assert tell(session, base)[2:] == ["Laksa is a soup.", "Pho is a soup."]
    laksa, pho = queries.list_passages(session, base.id)[2:]
    assert (laksa.artifact_id, pho.artifact_id) == (artifact.id, None)
    before = base.revision
    curating.remove(session, base.id, pho.id, actor=None)
    edited = curating.edit(session, base.id, laksa.id, {"text": "Laksa."}, actor=None)
    assert (edited.picture, edited.artifact_id) == ("pictures/a.png", artifact.id)
    again = curating.take_in(session, base.id, lines, artifact=artifact, job=job)
    assert (again.num_new, again.num_known, again.num_removed) == (0, 1, 2)
    assert base.revision == before + 2
    assert session.scalar(select(Passage.id).where(Passage.text == "Pho is a soup.")) == pho.id


def test_a_base_takes_no_more_than_can_be_searched(
    session: Session, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curating, "MOST_PASSAGES", 2)
    with pytest.raises(errors.TooManyPassages, match="'Dishes' would have 3 passages"):
        make_passage(session, base)


def test_passages_are_found_by_their_words_and_by_what_is_stated(session: Session) -> None:
    base = make_knowledge_base(session)
    make_passage(session, base, title="Soto", text="100% broth", country="ID", licence="CC0-1.0")
    make_passage(session, base, title="Pho", text="Noodles_and broth", country="VN")

    def find(**options: object) -> list[str]:
        return [each.title for each in queries.list_passages(session, base.id, **options)]

    assert find(words="BROTH") == ["Soto", "Pho"]
    assert find(words="pho") == ["Pho"]
    assert find(words="%") == ["Soto"]
    assert find(words="_") == ["Pho"]
    assert find(where={"country": "VN", "language": ""}) == ["Pho"]
    assert queries.count_by(session, base.id) == {
        "region": {}, "country": {"ID": 1, "VN": 1}, "language": {}, "licence": {"CC0-1.0": 1},
    }  # fmt: skip
