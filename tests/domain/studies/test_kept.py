"""What is kept in memory of studies that were opened, and what is not."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from domain.ratings import views
from domain.settings import Settings
from domain.studies import drafting, versions
from domain.studies import service as studies
from domain.studies.kept import Kept
from tests.studies import make_design, make_draft, make_study, make_wording


def test_the_oldest_goes_when_there_is_no_room() -> None:
    read: list[int] = []

    def get(key: int) -> str:
        def read_anew() -> str:
            read.append(key)
            return str(key)

        return kept.get(key, read_anew)

    kept = Kept[str](most=2)
    assert [get(key) for key in (1, 2, 2, 3, 2, 1)] == ["1", "2", "2", "3", "2", "1"]
    assert read == [1, 2, 3, 1]


def test_of_many_those_that_are_not_there_are_read_at_once() -> None:
    read: list[list[int]] = []

    def read_anew(keys: Sequence[int]) -> dict[int, str]:
        read.append(list(keys))
        return {key: str(key) for key in keys}

    kept = Kept[str](most=3)
    assert kept.get_all([], read_anew) == {}
    assert kept.get_all([1, 2], read_anew) == {1: "1", 2: "2"}
    assert kept.get_all([3, 2, 1, 4, 5], read_anew) == {key: str(key) for key in range(1, 6)}
    assert kept.get(5, lambda: "read again") == "5"
    assert read == [[1, 2], [3, 4, 5]]


def test_the_newest_words_of_several_studies_are_those_of_each(
    session: Session, settings: Settings
) -> None:
    opened = [make_study(session, settings) for _ in range(3)]
    better = make_wording(studies.read_design(opened[1]), en={"title": "Better"})
    versions.save_wording(session, opened[1], better, actor=None)
    found = versions.map_newest_wordings(session, opened)

    assert {study.id: views.speak(session, study, "en")[2] for study in opened} == found
    assert [found[each.id].languages["en"].title for each in opened][1] == "Better"


def test_the_design_of_an_open_study_is_the_same_value_every_time(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, design=make_design(lease_minutes=45))

    assert studies.read_design(study).lease_minutes == 45
    assert studies.read_design(study) is studies.read_design(study)


def test_a_draft_is_read_as_it_is_now(session: Session, settings: Settings) -> None:
    study = make_draft(session, settings, design=make_design(lease_minutes=45))
    assert studies.read_design(study).lease_minutes == 45
    drafting.change_design(session, study, make_design(lease_minutes=60), None, actor=None)
    assert studies.read_design(study).lease_minutes == 60
    first = make_wording(studies.read_design(study), en={"title": "First"})
    versions.save_wording(session, study, first, actor=None)

    assert views.speak(session, study, "en")[1].title == "First"
    assert study.newest_version == 1


def test_better_words_of_an_open_study_are_what_raters_read_next(
    session: Session, settings: Settings
) -> None:
    study = make_study(session, settings)
    assert views.speak(session, study, "en")[1].title == "Breakfast dishes"
    better = make_wording(studies.read_design(study), th={"title": "อาหารเช้า"})
    versions.save_wording(session, study, better, actor=None)

    assert views.speak(session, study, "th")[1].title == "อาหารเช้า"
    assert study.newest_version == 2
