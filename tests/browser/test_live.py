"""Pages that change by themselves while rows change, and pages that work without scripts."""

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.jobs import claim, finish, order, service
from domain.jobs.claim import Claim
from domain.jobs.models import Job, JobState
from domain.jobs.rules import Ending
from domain.users.models import User
from specs.job import JobSpec
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.system.system_check import SystemCheck
from tests import factories
from tests.browser import inspection
from tests.browser.conftest import OpenBrowser
from tests.browser.inspection import Watch
from tests.browser.test_keyboard import PASSWORD
from tests.browser.website import Website

pytestmark = pytest.mark.xdist_group("browser-paths")


@pytest.fixture(scope="module")
def researcher(website: Website) -> User:
    with website.session() as session:
        return factories.make_user(session, email="dewi@example.org", password=PASSWORD)


@pytest.fixture
def signed_in(researcher: User, open_browser: OpenBrowser) -> Page:
    return open_browser(researcher).new_page()


def enqueue(website: Website, spec: JobSpec | None = None) -> uuid.UUID:
    with website.session() as session:
        return service.enqueue(session, spec or SystemCheck(), created_by=None, fresh=True).job.id


def take(website: Website, job_id: uuid.UUID) -> Claim:
    with website.session() as session:
        order.set_priority(session, job_id, 0)
        taken = claim.take(session, ["cpu"], owner="worker@test:1", lease_s=600)
    assert taken is not None
    assert taken.job_id == job_id
    return taken


def report(website: Website, taken: Claim, done: float) -> None:
    progress = {"done": done, "total": 10.0, "unit": "measures", "message": "Multiplying"}
    with website.session() as session:
        finish.note_progress(session, taken, progress)


def succeed(website: Website, taken: Claim) -> Job:
    with website.session() as session:
        job = claim.hold(session, taken)
        end = finish.AttemptEnd(ending=Ending.FINISHED)
        finish.succeed(session, job, end, result={"multiply_gflops": 96.4}, published={})
        return job


def mark(page: Page) -> None:
    """A reload would take this away."""
    page.evaluate("window.isTheSamePage = true")


def is_marked(page: Page) -> bool:
    return bool(page.evaluate("window.isTheSamePage === true"))


def test_job_page_follows_its_job_to_the_end(signed_in: Page, website: Website) -> None:
    job_id = enqueue(website)
    watch = Watch(signed_in)
    signed_in.goto(f"/jobs/{job_id}")
    mark(signed_in)
    live = signed_in.locator("#job-live")
    expect(live).to_contain_text("Queued")

    taken = take(website, job_id)
    expect(live).to_contain_text("Running")
    report(website, taken, 4)
    expect(live).to_contain_text("Multiplying")
    expect(live.locator("progress")).to_have_attribute("value", re.compile(r"^4(\.0)?$"))
    report(website, taken, 9)
    expect(live.locator("progress")).to_have_attribute("value", re.compile(r"^9(\.0)?$"))
    succeed(website, taken)
    expect(live).to_contain_text("Succeeded")
    expect(signed_in.locator("#job-outcome")).to_contain_text("96.4")
    # Moments that came by the stream are told in the reader's own time, as those before.
    expect(signed_in.locator("time", has_text="UTC")).to_have_count(0)

    assert is_marked(signed_in)
    assert watch.count_streams() == 1
    assert watch.list_complaints() == []


def test_list_of_jobs_follows_what_comes_and_what_goes(signed_in: Page, website: Website) -> None:
    first = enqueue(website)
    watch = Watch(signed_in)
    signed_in.goto("/jobs")
    mark(signed_in)
    row = signed_in.locator(f"#job-{first}")
    expect(row).to_contain_text("Queued")

    second = enqueue(website, DatasetImport(name="Ulos", source="somewhere", licence="CC0-1.0"))
    expect(signed_in.locator(f"#job-{second}")).to_contain_text("Ulos")
    taken = take(website, first)
    expect(row).to_contain_text("Running")
    report(website, taken, 5)
    expect(row).to_contain_text("50")
    with website.session() as session:
        service.request_cancel(session, second)
    expect(signed_in.locator(f"#job-{second}")).to_contain_text("Cancelled")
    succeed(website, taken)
    expect(row).to_contain_text("Succeeded")

    assert is_marked(signed_in)
    assert watch.count_streams() == 1
    assert watch.list_complaints() == []


def test_home_tells_what_runs_and_what_went_wrong(signed_in: Page, website: Website) -> None:
    signed_in.goto("/")
    mark(signed_in)
    job_id = enqueue(website, DatasetImport(name="Ikat", source="here", licence="CC0-1.0"))
    taken = take(website, job_id)
    expect(signed_in.locator("#home-live")).to_contain_text("Ikat")
    with website.session() as session:
        message = "The folder is empty."
        end = finish.AttemptEnd(ending=Ending.INVALID, message=message)
        finish.conclude(session, taken, end)
    expect(signed_in.locator("#home-live")).to_contain_text(message)
    assert is_marked(signed_in)


def test_an_open_dialog_outlives_news(signed_in: Page, website: Website) -> None:
    """Whoever is deciding is not interrupted; what happened meanwhile is shown afterwards."""
    job_id = enqueue(website)
    taken = take(website, job_id)
    signed_in.goto(f"/jobs/{job_id}")
    signed_in.click("#job-controls [data-opens]")
    report(website, taken, 6)
    expect(signed_in.locator("#job-live progress")).to_have_attribute(
        "value", re.compile(r"^6(\.0)?$")
    )
    expect(signed_in.locator("dialog[open]")).to_be_visible()
    succeed(website, taken)
    expect(signed_in.locator("#job-live")).to_contain_text("Succeeded")
    expect(signed_in.locator("dialog[open]")).to_be_visible()
    signed_in.keyboard.press("Escape")
    expect(signed_in.locator("#job-controls")).not_to_contain_text("Cancel")


def test_signs_in_launches_and_cancels_without_scripts(
    researcher: User, open_browser: OpenBrowser, website: Website
) -> None:
    page = open_browser(scripts=False).new_page()
    page.goto("/jobs/new/system.check")
    page.fill("#field-email", researcher.email)
    page.fill("#field-password", PASSWORD)
    page.click("main button[type=submit]")
    page.fill("#field-disk_mb", "0")
    page.fill("#field-repeats", "3")
    page.locator("#launch button[type=submit]").click()
    assert page.url.endswith("/jobs/new/system.check")  # the browser itself refuses a zero
    page.fill("#field-disk_mb", "8")
    page.locator("#launch button[type=submit]").click()
    page.wait_for_url(re.compile("/jobs/[0-9a-f-]{36}"))
    expect(page.locator("#job-live")).to_contain_text("Queued")
    page.locator("[action$='/cancel'] button[type=submit]").click()
    expect(page.locator("#job-live")).to_contain_text("Cancelled")
    job_id = uuid.UUID(page.url.rpartition("/")[2])
    assert website.look(job_id).state == JobState.CANCELLED


def test_without_scripts_what_a_dialog_asks_stands_in_the_page(
    researcher: User, open_browser: OpenBrowser, website: Website, screenshots: Path
) -> None:
    job_id = enqueue(website)
    page = open_browser(researcher, scripts=False).new_page()
    page.goto("/jobs")
    expect(page.locator(f"#job-{job_id} dialog")).to_be_visible()
    expect(page.locator(f"#job-{job_id} [data-opens]")).to_be_hidden()
    inspection.take_screenshot(page, screenshots, "jobs-without-scripts-1440-en-light")
