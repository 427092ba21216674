"""A study that is open, with pictures that are really there, and the way into it."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.ratings import enrolment
from domain.settings import Settings
from domain.studies.models import Study, StudyPicture
from sandbox.world.scene import Scene, draw
from tests.studies import make_study

_CONCEPTS = ("kawung", "wau", "tumpeng", "candi_bentar", "ketupat")


def open_study(session: Session, settings: Settings, folder: Path, **changes: Any) -> str:
    """The address of an invitation to it."""
    return invite(session, make_study(session, settings, **changes), folder)


def invite(session: Session, study: Study, folder: Path) -> str:
    draw_pictures(session, study, folder)
    return f"/join/{enrolment.invite(session, study, actor=None)}"


def draw_pictures(session: Session, study: Study, folder: Path) -> None:
    pictures = session.scalars(select(StudyPicture).where(StudyPicture.study_id == study.id))
    for number, picture in enumerate(pictures):
        concept = _CONCEPTS[number % len(_CONCEPTS)]
        draw(Scene(concept=concept, colour="blue"), number).save(folder / picture.file)
        session.get_one(Artifact, picture.artifact_id).uri = folder.as_uri()


def come_to_guide(page: Page, link: str) -> None:
    page.goto(link)
    page.check("input[name=consent]")
    page.click("main button[type=submit]")
    page.wait_for_url("**/about-you")
    page.select_option("select[name=country]", "ID")
    page.click("main button[type=submit]")
    page.wait_for_url("**/guide")


def join(page: Page, link: str) -> None:
    come_to_guide(page, link)
    page.click("main a.button")
    page.wait_for_url("**/work")


def read_token(page: Page) -> str:
    """Of the item that is shown."""
    return page.locator("[data-rate]").get_attribute("data-token") or ""


def expect_another(page: Page, token: str) -> None:
    expect(page.locator("[data-rate]")).to_be_visible()
    expect(page.locator(f"[data-token='{token}']")).to_have_count(0)
