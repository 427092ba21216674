import os
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from cli.embedded import postgres, process, temporary
from tests.conftest import Services


def test_text_is_utf8_and_sorts_the_same_everywhere(services: Services) -> None:
    with psycopg.connect(services.database_url) as connection:
        row = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
    assert row == ("UTF8", "b", "C.UTF-8")


def test_nobody_gets_in_without_the_password(services: Services) -> None:
    wrong = make_url(services.database_url).set(password="guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong.render_as_string(hide_password=False))


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    server = postgres.Postgres(folder=tmp_path / "postgres", password="x", port=1)
    server.prepare()
    (server.folder / "global" / "pg_control").unlink()
    running = server.start(output=subprocess.DEVNULL)
    with pytest.raises(process.ServerDidNotStart, match="PostgreSQL did not start: it ended with"):
        server.wait_until_ready(running)


def test_a_data_folder_that_initdb_refuses_is_a_sentence(tmp_path: Path) -> None:
    server = postgres.Postgres(folder=tmp_path / "postgres", password="", port=1)
    with pytest.raises(process.ServerDidNotStart, match=r"initdb says: .*password"):
        server.prepare()
    assert not server.folder.exists()


def test_without_the_wheel_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(postgres.PostgresMissing, match="make setup"):
        postgres.find_binaries()


def _may_enter(folder: Path) -> bool:
    """Whether everybody may."""
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
class TestRootWithoutUserNamespaces:
    @pytest.fixture(autouse=True)
    def _no_namespaces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(postgres, "_has_user_namespaces", lambda: False)

    def test_an_unprivileged_user_is_taken(self) -> None:
        words = postgres.as_server_user()
        said = subprocess.run([*words, "id", "-un"], capture_output=True, text=True, check=True)
        assert said.stdout == "nobody\n"

    def test_it_serves_all_the_same_where_it_may_enter(self) -> None:
        if not _may_enter(postgres.find_binaries()):
            # This clone lies in a closed folder.
            with pytest.raises(postgres.PathNotReachable), temporary.running_postgres():
                raise AssertionError
            return
        with temporary.running_postgres() as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    def test_a_folder_that_the_user_cannot_reach_is_named(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        inside = closed / "postgres"
        inside.mkdir(parents=True)
        closed.chmod(0o700)
        with pytest.raises(postgres.PathNotReachable, match=r"'nobody', who cannot reach .*closed"):
            postgres.check_reachable(inside)
