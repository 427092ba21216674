import re
import uuid
from collections.abc import Callable
from typing import ClassVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain import clock
from domain.jobs.models import Job, JobState
from domain.settings import Settings
from domain.users.queries import list_audit_entries
from specs import registry
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.system.system_check import SystemCheck
from tests import pictures
from tests.factories import make_dataset, make_job
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
FORM = {"disk_mb": "16", "multiply_size": "128", "repeats": "2", "job_priority": "50"}
HTMX = {"HX-Request": "true"}
KINDS_IN_ORDER = (
    "dataset.filter",
    *("knowledge.import", "knowledge.index", "questions.embed", "knowledge.retrieve"),
    "prompts.augment",
    *("model.import", "model.finetune", "model.instruct", "model.merge", "images.generate"),
    *("outputs.import", "benchmark.run", "quiz.import", "answers.generate", "answers.score"),
    *("answers.compare", "answers.ablate", "model.align", "model.distill", "embeddings.score"),
    *("distillation.check", "distillation.prepare", "distillation.measure", "distillation.run"),
    *("study.open", "study.analyse"),
    *("system.check", "sandbox.draw", "sandbox.ask", "sandbox.caption"),
)
registry_specs = registry.list_specs
STAGES = {
    "stages.0.method": "decode",
    "stages.0.used": "true",
    "stages.0.place": "1",
    "stages.0.min_side": "40",
}


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


def test_every_kind_has_a_card_in_the_order_of_the_work_with_its_presets(sign_in: SignIn) -> None:
    text = sign_in().get("/jobs/new").text
    forms = {
        "outputs.import": "/outputs/import",
        "knowledge.import": "/knowledge/import",
        "quiz.import": "/benchmarks/import",
    }
    ways = [
        "/datasets/import",
        *(forms.get(kind, f"/jobs/new/{kind}") for kind in KINDS_IN_ORDER),
    ]
    places = [text.index(f'href="{way}"') for way in ways]
    assert places == sorted(places)
    assert {spec.kind for spec in registry.list_specs()} == {"dataset.import", *KINDS_IN_ORDER}
    assert 'href="/jobs/new/model.finetune?preset=paper-sdxl"' in text
    assert 'href="/recipes/new?name=sandbox"' in text


def test_a_kind_from_outside_has_its_card_at_the_end(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Weave(SystemCheck):
        kind: ClassVar[str] = "cloth.weave"

    monkeypatch.setattr("app.jobs.launch.registry.list_specs", lambda: [*registry_specs(), Weave])
    text = sign_in().get("/jobs/new").text
    assert text.index("Others") < text.index('href="/jobs/new/cloth.weave"')


def test_a_region_is_chosen_by_its_name(sign_in: SignIn) -> None:
    text = sign_in().get("/jobs/new/dataset.filter").text
    assert '<option value="sea">Southeast Asia</option>' in text


def test_what_a_job_cannot_do_without_is_demanded_by_its_form(sign_in: SignIn) -> None:
    text = sign_in().get("/jobs/new/images.generate").text
    form = re.findall(r'<select[^>]*name="(\w+)"([^>]*)>', text)
    assert {name for name, others in form if "required" in others} >= {"base", "prompts"}
    assert "required" not in dict(form)["tuned"]


def test_the_form_is_made_from_the_specification(sign_in: SignIn) -> None:
    text = sign_in().get("/jobs/new/system.check").text
    for said in ("Disk test size (MB)", 'name="multiply_size"', 'max="4096"', "How often each"):
        assert said in text


@pytest.mark.parametrize(
    ("kind", "address"),
    [("dataset.import", "/datasets/import"), ("outputs.import", "/outputs/import")],
)
def test_importing_has_a_page_of_its_own(sign_in: SignIn, kind: str, address: str) -> None:
    answer = sign_in().get(f"/jobs/new/{kind}")
    assert answer.headers["location"] == address


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


def test_a_preset_fills_the_form_and_an_unknown_one_is_not_found(sign_in: SignIn) -> None:
    page = sign_in().get("/jobs/new/model.finetune?preset=sandbox").text
    assert 'name="max_steps" value="800"' in " ".join(page.split())
    assert 'href="/jobs/new/model.finetune?preset=paper-sdxl"' in page
    assert sign_in().get("/jobs/new/model.finetune?preset=nonsense").status_code == 404
    assert sign_in().get("/jobs/new/model.merge?preset=sandbox").status_code == 404


def test_inputs_are_chosen_by_name_and_only_those_that_can_be_read(
    sign_in: SignIn, session: Session
) -> None:
    make_dataset(session, name="Breakfast")
    make_dataset(session, name="Old breakfast", archived_at=clock.now())
    page = sign_in().get("/jobs/new/dataset.filter").text
    assert '<option value="Breakfast">' in page
    assert "Old breakfast" not in page


def test_a_preview_shows_the_recipe_and_what_is_wrong_and_queues_nothing(
    sign_in: SignIn, session: Session
) -> None:
    make_dataset(session, name="Breakfast", num_items=320)
    client = sign_in()
    address = "/jobs/new/dataset.filter/preview"
    sent = {"name": "Kept", "dataset": "Breakfast"} | STAGES
    page = client.post(address, data=sent).text
    assert "kind: dataset.filter" in page
    assert "dataset: Breakfast" in page
    assert "320" in page
    missing = client.post(address, data=sent | {"dataset": "Brekfast"}).text
    assert "Brekfast" in missing
    assert "Breakfast" in missing
    unfinished = client.post(address, data=sent | {"name": ""}).text
    assert "Mend what is marked first" in unfinished
    assert [job.kind for job in session.scalars(select(Job))] == ["dataset.import"]


def test_a_filter_is_launched_from_its_form(sign_in: SignIn, session: Session) -> None:
    make_dataset(session, name="Breakfast")
    sent = {"name": "Kept", "dataset": "Breakfast", "job_priority": "100"} | STAGES
    assert sign_in().post("/jobs/new/dataset.filter", data=sent).status_code == 303
    filtering = session.scalars(select(Job).where(Job.kind == "dataset.filter")).one()
    assert filtering.spec["stages"][0]["min_side"] == 40
