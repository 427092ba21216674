import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job, JobState
from domain.settings import Settings
from domain.users.queries import list_audit_entries
from specs.dataset_import import DatasetImport
from specs.system_check import SystemCheck
from tests import pictures
from tests.factories import make_job
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
FORM = {"disk_mb": "16", "multiply_size": "128", "repeats": "2", "job_priority": "50"}
HTMX = {"HX-Request": "true"}


def count_jobs(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Job)) or 0


def find_only_job(session: Session) -> Job:
    return session.scalars(select(Job)).one()


@pytest.mark.parametrize("address", ["/jobs/new", "/jobs/new/system.check"])
def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient, address: str) -> None:
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"


def test_annotators_launch_nothing(sign_in: SignIn, session: Session) -> None:
    client = sign_in("annotator")
    assert client.get("/jobs/new").status_code == 403
    assert client.post("/jobs/new/system.check", data=FORM).status_code == 403
    assert count_jobs(session) == 0


def test_every_kind_has_a_card(sign_in: SignIn) -> None:
    text = sign_in().get("/jobs/new").text
    assert "Check this machine" in text
    assert 'href="/datasets/import"' in text


def test_the_form_is_made_from_the_specification(sign_in: SignIn) -> None:
    text = sign_in().get("/jobs/new/system.check").text
    for said in ("Disk test size (MB)", 'name="multiply_size"', 'max="4096"', "How often each"):
        assert said in text


def test_importing_pictures_has_a_page_of_its_own(sign_in: SignIn) -> None:
    answer = sign_in().get("/jobs/new/dataset.import")
    assert answer.headers["location"] == "/datasets/import"


def test_an_unknown_kind_is_not_found(sign_in: SignIn) -> None:
    assert sign_in().get("/jobs/new/no.such").status_code == 404
    assert sign_in().post("/jobs/new/no.such").status_code == 404


def test_launching_makes_a_job_of_the_person(sign_in: SignIn, session: Session) -> None:
    client = sign_in()
    answer = client.post("/jobs/new/system.check", data=FORM)
    job = find_only_job(session)
    assert answer.headers["location"] == f"/jobs/{job.id}"
    assert job.spec == {"disk_mb": 16, "multiply_size": 128, "repeats": 2}
    assert (job.priority, job.created_by_id) == (50, client.user.id)
    entry = list_audit_entries(session)[0]
    assert (entry.action, entry.subject_id) == ("job.launch", str(job.id))


def test_empty_fields_take_their_defaults(sign_in: SignIn, session: Session) -> None:
    sign_in().post("/jobs/new/system.check", data={"disk_mb": ""})
    assert find_only_job(session).spec == SystemCheck().to_json()


def test_through_htmx_the_whole_page_goes_to_the_job(sign_in: SignIn, session: Session) -> None:
    answer = sign_in().post("/jobs/new/system.check", data=FORM, headers=HTMX)
    assert answer.headers["hx-redirect"] == f"/jobs/{find_only_job(session).id}"


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"disk_mb": "0"}, "disk_mb", "at least 1"),
        ({"disk_mb": "99999"}, "disk_mb", "at most 4096"),
        ({"disk_mb": "many"}, "disk_mb", "Enter a whole number"),
        ({"disk_mb": "1.5"}, "disk_mb", "Enter a whole number"),
        ({"job_priority": "-5"}, "job_priority", "from 0 to 1000"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    sign_in: SignIn, session: Session, wrong: dict[str, str], field: str, said: str
) -> None:
    answer = sign_in().post("/jobs/new/system.check", data=FORM | wrong, headers=HTMX)
    assert answer.status_code == 422
    assert answer.text.strip().startswith("<form")
    beside = answer.text.partition(f'id="field-{field}-error">')[2].partition("<")[0]
    assert said in beside
    assert count_jobs(session) == 0


def test_without_scripts_the_form_comes_back_as_it_was_filled(sign_in: SignIn) -> None:
    answer = sign_in().post("/jobs/new/system.check", data=FORM | {"disk_mb": "many"})
    assert answer.status_code == 422
    assert "<html" in answer.text
    assert 'value="many"' in answer.text
    assert 'value="128"' in answer.text


def test_the_same_work_is_offered_instead_of_computed_again(
    sign_in: SignIn, session: Session
) -> None:
    done = make_job(session, state=JobState.SUCCEEDED)
    client = sign_in()
    answer = client.post("/jobs/new/system.check")
    assert answer.headers["location"] == f"/jobs/{done.id}?reused=true"
    assert count_jobs(session) == 1
    answer = client.post("/jobs/new/system.check", data={"job_fresh": "true"})
    assert answer.headers["location"] != f"/jobs/{done.id}?reused=true"
    assert count_jobs(session) == 2


def test_a_clone_begins_with_the_setting_of_its_original(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    pictures.write_folder(settings.inbox / "pictures")
    spec = DatasetImport(name="Batik", source="pictures", licence="CC0")
    original = make_job(session, state=JobState.FAILED, spec=spec, inputs={"upload": "a" * 64})
    client = sign_in()
    page = client.get(f"/jobs/new/dataset.import?clone_of={original.id}")
    assert page.status_code == 200
    assert 'value="Batik"' in page.text
    form = {name: "" if value is None else str(value) for name, value in spec.to_json().items()}
    answer = client.post(
        "/jobs/new/dataset.import",
        data=form | {"name": "Batik 2", "job_clone_of": str(original.id), "job_priority": "10"},
    )
    made = session.get_one(Job, uuid.UUID(answer.headers["location"].rpartition("/")[2]))
    assert made.cloned_from_id == original.id
    assert made.spec == original.spec | {"name": "Batik 2"}
    # The source is a folder now, not the upload of then.
    assert (made.priority, made.inputs) == (10, {})


def test_a_clone_of_an_import_is_checked_like_any_import(sign_in: SignIn, session: Session) -> None:
    spec = DatasetImport(name="Batik", source="nothing", licence="CC0")
    original = make_job(session, state=JobState.FAILED, spec=spec)
    form = {name: "" if value is None else str(value) for name, value in spec.to_json().items()}
    answer = sign_in().post(
        "/jobs/new/dataset.import", data=form | {"job_clone_of": str(original.id)}
    )
    assert answer.status_code == 422
    assert "There is no file or folder &#39;nothing&#39;" in answer.text
    assert count_jobs(session) == 1


@pytest.mark.parametrize("given", [str(uuid.UUID(int=1)), "nonsense"])
def test_a_clone_of_nothing_is_refused(sign_in: SignIn, session: Session, given: str) -> None:
    answer = sign_in().post("/jobs/new/system.check", data={"job_clone_of": given})
    assert answer.status_code in (404, 422)
    assert count_jobs(session) == 0
