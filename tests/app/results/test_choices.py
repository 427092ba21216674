"""How results can be looked at: beside which benchmark, at which weight, in which order."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from domain.settings import Settings
from domain.studies import opening
from domain.studies import service as studies
from domain.studies.models import Study
from domain.users.models import Role
from domain.users.person import Person
from tests.benchmark_runs import run_benchmark
from tests.factories import make_benchmark, make_user
from tests.studies import make_design, make_rater, make_study, rate_all
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]


def make_closed(
    session: Session, settings: Settings, answers: list[list[object]], **changes: object
) -> Study:
    study = make_study(session, settings, num_items=6, design=make_design(**changes))
    for values in answers:
        rate_all(session, make_rater(session, study), values)
    return opening.close(session, study, actor=Person.of(make_user(session, role=Role.ADMIN)))


@pytest.fixture
def study(session: Session, settings: Settings) -> Study:
    return make_closed(session, settings, [[1, 2, 3, 2, 2], [2, 3, 1]])


@pytest.fixture
def runs(session: Session, study: Study, tmp_path: Path) -> list[str]:
    """Two runs, the older first."""
    base, other = (variant for _, variant in studies.list_arms(session, study))
    found = []
    for name in ("Everyday things", "Colours and counts"):
        scores = {"b": (base, [90.0, 80, 70, 95]), "o": (other, [89.0, 81, 69, 95])}
        benchmark = make_benchmark(session, name=name)
        job = run_benchmark(session, tmp_path, scores, benchmark=benchmark)
        found.append(str(job.id))
    return found


def test_keeping_stands_beside_gaining_by_the_newest_run_or_the_one_chosen(
    sign_in: SignIn, study: Study, runs: list[str]
) -> None:
    client, address = sign_in(), f"/studies/{study.id}"
    page = client.get(f"{address}/results").text
    newest = client.get(f"{address}/report.json").json()
    chosen = client.get(f"{address}/report.json?run={runs[0]}").json()

    assert "GRP over its weight" in page
    assert "What each variant keeps of global quality" in page
    assert newest["frontier"]["global"].startswith("Colours and counts")
    assert chosen["frontier"]["global"].startswith("Everyday things")


@pytest.mark.usefixtures("runs")
def test_a_weight_that_somebody_chose_is_not_called_the_regions(
    sign_in: SignIn, study: Study
) -> None:
    client, address = sign_in(), f"/studies/{study.id}"

    assert "the region's weight, 0.4" in client.get(f"{address}/results").text.replace("&#39;", "'")
    page = client.get(f"{address}/results?alpha=0.8").text
    assert "the chosen weight, 0.800" in page
    assert "the region's weight" not in page.replace("&#39;", "'")
    assert client.get(f"{address}/report.json?alpha=0.8").json()["frontier"]["grp"]["alpha"] == 0.8


@pytest.mark.usefixtures("runs")
def test_the_papers_points_are_there_on_demand_and_named_as_such(
    sign_in: SignIn, study: Study
) -> None:
    address = f"/studies/{study.id}/results"
    client = sign_in()

    assert "the paper: " not in client.get(address).text
    assert "the paper: " in client.get(f"{address}?with_paper=true").text


def test_what_is_disputed_can_be_put_in_another_order(sign_in: SignIn, study: Study) -> None:
    client, address = sign_in(), f"/studies/{study.id}/results"
    pages = [client.get(f"{address}?sort={order}").text for order in ("entropy", "mean")]
    galleries = [page.partition("Where raters disagree")[2] for page in pages]

    assert galleries[0] != galleries[1]


def test_votes_are_told_in_words_and_nobody_is_strict_by_them(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    answers: list[list[object]] = [[1, 2, "tie"], ["both_bad", 1]]
    study = make_closed(session, settings, answers, form="pair")
    page = sign_in().get(f"/studies/{study.id}/results?sort=mean").text
    told = sign_in().get(f"/studies/{study.id}/report.json").json()

    assert "two raters of the same pair gave the same answer" in page
    assert "both bad: 1" in page
    assert "have no order" not in page
    assert {row["severity"] for row in told["rater_rows"]} == {None}
    assert {row["range"] for row in told["items"]} == {None}


def test_home_tells_of_open_studies_how_far_their_raters_agree(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=6, name="Still open")
    for values in ([1, 2, 3, 2, 2], [2, 3, 1]):
        rate_all(session, make_rater(session, study), values)
    page = sign_in().get("/").text
    row = page.partition("Still open")[2].partition("</tr>")[0]

    assert "Alpha so far" in row
    assert f'href="/studies/{study.id}/results"' in row
    assert "[" in row
