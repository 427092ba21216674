"""What a study found, on pages and as files: who may see it, what it tells, and when not."""

import csv
import io
import json
import uuid
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from cli.main import ggez
from domain.jobs.models import Job
from domain.results import service as results
from domain.results.rules import LEFT_OUT
from domain.settings import Settings
from domain.studies import opening
from domain.studies import service as studies
from domain.studies.models import Study
from domain.users.models import Role
from domain.users.person import Person
from reports.reasons import RULES
from tests.factories import make_user
from tests.studies import make_design, make_draft, make_rater, make_study, rate_all
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
NOBODY = uuid.UUID(int=1)
FILES = (
    *("report.pdf", "report.json", "figures.csv", "figures.parquet"),
    *("ratings.csv", "ratings.parquet", "codebook.csv"),
)


@pytest.fixture
def study(session: Session, settings: Settings) -> Study:
    """Open, with three raters who differ, and a name in another script."""
    made = make_study(
        session, settings, num_items=5, name="อาหารเช้า Breakfast",
        design=make_design(controls={"repeats": 0.2}, raters_per_item=3),
    )  # fmt: skip
    for values in ([1, 2, 3, 2], [1, 2, 2, 3], [1, 3, 3, 1]):
        rate_all(session, make_rater(session, made), values)
    return made


@pytest.fixture
def closed(session: Session, study: Study) -> Study:
    boss = Person.of(make_user(session, role=Role.ADMIN))
    return opening.close(session, study, actor=boss)


def name_arms(session: Session, study: Study) -> list[str]:
    return [variant.name for _, variant in studies.list_arms(session, study)]


@pytest.mark.parametrize("page", ["results", "report"])
def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient, page: str) -> None:
    address = f"/studies/{NOBODY}/{page}"
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"


@pytest.mark.parametrize("path", ["results", "report", *FILES])
def test_annotators_see_nothing_of_it(sign_in: SignIn, closed: Study, path: str) -> None:
    refused = sign_in("annotator").get(f"/studies/{closed.id}/{path}")

    assert refused.status_code == 403
    assert "Breakfast" not in refused.text


@pytest.mark.parametrize("path", ["results", "report", "report.json", "figures.csv", "ratings.csv"])
def test_while_effects_are_sealed_nothing_that_goes_out_names_an_arm(
    sign_in: SignIn, session: Session, study: Study, path: str
) -> None:
    told = sign_in().get(f"/studies/{study.id}/{path}")

    assert told.status_code == 200, told.text
    shown = told.text
    if path == "report.json":  # it tells the design, arms and all, as the study's page does
        shown = str({**json.loads(told.text), "design": None})
    if path == "report":
        shown = shown.partition("Agreement of raters</h2>")[2]
    assert not [arm for arm in name_arms(session, study) if arm in shown]


def test_results_of_a_closed_study_compare_every_arm_and_stand_on_numbers(
    sign_in: SignIn, session: Session, closed: Study
) -> None:
    page = sign_in().get(f"/studies/{closed.id}/results").text
    baseline, other = name_arms(session, closed)

    assert "Effect of each arm" in page
    assert page.count("<svg") >= 4
    assert f"Difference of each arm from {baseline}" in page
    assert other in page
    assert "Where raters disagree" in page
    assert "fewer than 10" in page.lower()


def test_the_report_says_what_was_planned_and_who_rated_and_what_is_left_out(
    sign_in: SignIn, closed: Study
) -> None:
    page = sign_in().get(f"/studies/{closed.id}/report").text

    for said in ("Design and plan", "Who rated", "Left out, by rule", "What this cannot say"):
        assert said in page
    assert "Nothing was registered before the study opened." in page
    assert "shown a second time on purpose" in page


def test_every_rule_that_leaves_a_rating_out_has_words() -> None:
    assert set(LEFT_OUT) <= RULES.keys()


def test_pages_speak_indonesian(sign_in: SignIn, closed: Study) -> None:
    client = sign_in()
    client.cookies.set("language", "id")
    page = client.get(f"/studies/{closed.id}/report").text

    assert '<html lang="id"' in page
    assert "What this cannot say" not in page


@pytest.mark.parametrize("path", FILES)
def test_every_file_comes_under_the_studys_name(sign_in: SignIn, closed: Study, path: str) -> None:
    got = sign_in().get(f"/studies/{closed.id}/{path}")

    assert got.status_code == 200, got.text
    assert f'filename="breakfast-{path}"' in got.headers["content-disposition"]
    assert len(got.content) > 200


def test_the_same_study_gives_the_same_bytes(sign_in: SignIn, closed: Study) -> None:
    client = sign_in()
    for path in FILES:
        one, two = (client.get(f"/studies/{closed.id}/{path}").content for _ in range(2))
        assert one == two, path


def test_the_command_line_computes_the_same_from_the_exported_file(
    sign_in: SignIn, closed: Study, tmp_path_factory: pytest.TempPathFactory
) -> None:
    client = sign_in()
    report = client.get(f"/studies/{closed.id}/report.json").json()
    file = tmp_path_factory.mktemp("export") / "ratings.csv"
    file.write_bytes(client.get(f"/studies/{closed.id}/ratings.csv").content)

    def run(*words: str) -> dict[str, object]:
        done = CliRunner().invoke(ggez, [*words, "--json"])
        assert done.exit_code == 0, done.output
        told: dict[str, object] = json.loads(done.stdout)
        return told

    for criterion, told in report["agreement"].items():
        for by in ("arm", None):
            words = ["agreement", str(file), "--levels", "1..3", "--criterion", criterion]
            there = run(*words, *(["--by", by] if by else []))
            groups = there.pop("by", [])
            assert {name: told[name] for name in there} == there
            assert all(group in told["by"] for group in groups)
    effects = run("effects", str(file), "--baseline", report["effects"]["baseline"])
    assert {name: report["effects"][name] for name in effects} == effects


def test_a_table_of_ratings_has_a_row_for_each_value_and_no_name(
    sign_in: SignIn, closed: Study
) -> None:
    text = sign_in().get(f"/studies/{closed.id}/ratings.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert len(rows) == 3 * 10 * 2
    assert {row["rater"] for row in rows} == {"r0001", "r0002", "r0003"}
    assert "@" not in text


def test_a_study_too_large_for_a_page_is_computed_by_a_job(
    sign_in: SignIn, session: Session, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MOST_AT_ONCE", 3)
    client = sign_in()
    page = client.get(f"/studies/{study.id}/results").text
    assert "Not computed yet" in page
    assert client.get(f"/studies/{study.id}/report.json").status_code == 409
    launched = client.post(f"/studies/{study.id}/analyse?most_failed=3")
    job = session.scalars(select(Job).where(Job.kind == "study.analyse")).one()

    assert launched.headers["location"] == f"/jobs/{job.id}"
    assert job.spec["most_failed"] == 3


@pytest.mark.parametrize("query", ["who=nobody", "most_failed=-1", "run=latest"])
def test_what_cannot_be_chosen_is_refused(sign_in: SignIn, study: Study, query: str) -> None:
    assert sign_in().get(f"/studies/{study.id}/results?{query}").status_code == 422


def test_a_draft_has_no_results(sign_in: SignIn, session: Session, settings: Settings) -> None:
    draft = make_draft(session, settings)
    answer = sign_in().get(f"/studies/{draft.id}/results")

    assert answer.status_code == 409
    assert "has not been opened yet" in answer.text


def test_programs_read_the_same_report(
    use_api: Callable[..., TestClient], sign_in: SignIn, closed: Study
) -> None:
    told = use_api("researcher").get(f"/api/v1/studies/{closed.id}/report").json()
    downloaded = sign_in().get(f"/studies/{closed.id}/report.json").json()

    assert told == {"is_current": True, "report": downloaded}
