"""Results of studies that hardly are any, with names that want to be markup, before and after what
is sealed is opened.
"""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy.orm import Session

from domain.settings import Settings
from domain.studies import opening
from domain.studies import service as studies
from domain.studies.models import Study
from domain.users.models import Role
from domain.users.person import Person
from tests.factories import make_user
from tests.studies import make_design, make_rater, make_study, rate_all
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
HOSTILE = "<img src=x onerror=alert(1)>'\"\u202e#{x}[y]$\\"
OUT = ("results", "report", "report.pdf", "report.json", "figures.csv", "ratings.csv")


def close(session: Session, study: Study) -> Study:
    return opening.close(session, study, actor=Person.of(make_user(session, role=Role.ADMIN)))


def test_what_was_kept_while_sealed_is_not_what_is_shown_afterwards(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=4)
    rate_all(session, make_rater(session, study), [1, 2, 3])
    client, address = sign_in(), f"/studies/{study.id}/report.json"
    sealed = client.get(address).json()
    boss = Person.of(make_user(session, role=Role.ADMIN))
    opening.unseal(session, study, reason="A sponsor wants to know.", actor=boss)
    opened = client.get(address).json()

    assert sealed["is_sealed"]
    assert sealed["effects"] is None
    assert not opened["is_sealed"]
    assert opened["effects"]["comparisons"]
    assert [look["reason"] for look in opened["history"]["looks"]] == ["A sponsor wants to know."]


def test_a_sealed_report_lists_disputed_items_without_prompt_or_arm(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=4)
    for values in ([1, 2, 3], [3, 1]):
        rate_all(session, make_rater(session, study), values)
    told = sign_in().get(f"/studies/{study.id}/report.json").json()

    assert told["items"]
    assert not [row for row in told["items"] if {"arm", "prompt"} & row.keys()]
    assert "dish" not in str(told)


@pytest.mark.parametrize("path", OUT)
def test_names_stay_text_wherever_they_stand(
    sign_in: SignIn, session: Session, settings: Settings, path: str
) -> None:
    study = make_study(session, settings, num_items=3, name=f"Study {HOSTILE}")
    for number, (_, variant) in enumerate(studies.list_arms(session, study)):
        variant.name = f"{HOSTILE} {number}"
    for values in ([1, 2, 3], [3, 1]):
        rate_all(session, make_rater(session, study), values)
    close(session, study)
    got = sign_in().get(f"/studies/{study.id}/{path}")

    assert got.status_code == 200, got.text[:2000]
    if path in ("results", "report"):
        assert "<img src=x" not in got.text
    assert "\u202e" not in got.headers.get("content-disposition", "")


@pytest.mark.parametrize(
    ("design", "num_arms", "answers"),
    [
        ({}, 2, []),
        ({}, 1, [[1, 2], [2, 3]]),
        ({"raters_per_item": 1}, 2, [[1]]),
        ({}, 2, [[2], [2]]),
        ({"criteria": [{"key": "fit", "levels": 7}]}, 2, [[1, 7, 4], [2, 6]]),
        ({"criteria": [{"key": "fit", "levels": 2}]}, 2, [[1, 2], [2]]),
        ({"form": "pair"}, 2, []),
        ({"form": "pair"}, 2, [["both_bad"], ["both_bad"]]),
        ({"form": "pair"}, 3, [["1"]]),
        ({"form": "rank"}, 3, []),
        ({"form": "rank"}, 3, [[[1, 2, 3]], [[3, 2, 1]]]),
    ],
    ids=[
        "nobody", "one arm", "one rater", "unanimous", "seven levels", "two levels", "no votes",
        "both bad", "one vote each", "no rankings", "opposite rankings",
    ],
)  # fmt: skip
def test_every_page_and_file_says_what_there_is_to_say(
    sign_in: SignIn,
    session: Session,
    settings: Settings,
    design: dict[str, object],
    num_arms: int,
    answers: Sequence[Sequence[object]],
) -> None:
    study = make_study(
        session, settings, num_items=2, num_arms=num_arms, design=make_design(**design)
    )
    for values in answers:
        rate_all(session, make_rater(session, study), values)
    close(session, study)
    client = sign_in()

    for path in OUT:
        got = client.get(f"/studies/{study.id}/{path}")
        assert got.status_code == 200, (path, got.text[:2000])
    for path in ("results", "report"):
        page = client.get(f"/studies/{study.id}/{path}").text
        assert "nan" not in page.lower().split()
        assert "None" not in page
