"""Which data folders get the sandbox's study at a start; tests/chaos/test_up.py has the start."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from cli import up
from cli.machine.folder import DataFolder
from domain.settings import Settings
from domain.studies import sandbox
from domain.studies.models import StudyState
from sandbox import assets
from tests.factories import make_user

from .conftest import Terminal


@pytest.mark.parametrize(
    ("wish", "is_own", "has_people", "is_wanted"),
    [
        ("auto", True, False, True),
        ("auto", True, True, False),
        ("auto", False, False, False),
        ("yes", False, True, True),
        ("no", True, False, False),
    ],
)
def test_nobody_gets_a_study_unasked_but_a_newcomer(
    session: Session,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    wish: str,
    is_own: bool,  # noqa: FBT001 - a parameter of the test
    has_people: bool,  # noqa: FBT001 - the same
    is_wanted: bool,  # noqa: FBT001 - the same
) -> None:
    monkeypatch.setenv("GGEZ_DATABASE_URL", "" if is_own else settings.database_url)
    if has_people:
        make_user(session)
    chosen = settings.model_copy(update={"sandbox_study": wish})

    assert up._wants_study(session, chosen) is is_wanted


def test_it_is_there_after_the_first_start_and_the_second_changes_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, study_folder: Path
) -> None:
    monkeypatch.setenv("GGEZ_SANDBOX_STUDY", "yes")
    monkeypatch.setitem(assets.STUDIES, "pictures", study_folder)
    folder = DataFolder.at(terminal.settings.data)
    folder.make()
    found = []
    for _ in range(2):
        up._load_sandbox(folder, terminal.settings.database_url)
        with terminal.database() as session:
            study = sandbox.get(session)
            found.append((study.id, study.state, study.opened_at))

    assert found[0] == found[1]
    assert found[0][1] == StudyState.OPEN
