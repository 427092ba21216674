"""`ggez up` as a person runs it, and what is left after kill -9 of each of its processes."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

pytestmark = [pytest.mark.xdist_group("up"), pytest.mark.timeout(170)]


class Terminal:
    """Runs `ggez` on one data folder, with nothing of this test run in its environment."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("GGEZ_")
        }

    def run(self, command: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli.main", command, "--data", str(self.data), *words],
            capture_output=True,
            text=True,
            check=False,
            env=self._environment,
        )

    def up(self) -> str:
        done = self.run("up", "--detach", "--port", "0")
        assert done.returncode == 0, (done.stderr, *self.read_logs())
        return done.stdout

    def read_logs(self) -> list[str]:
        return [path.read_text()[-2000:] for path in sorted((self.data / "logs").glob("*.log"))]

    def status(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return said

    def pid_of(self, name: str) -> int:
        known = {process["name"]: process["pid"] for process in self.status()["processes"]}
        return int(known[name])

    def family(self) -> list[psutil.Process]:
        supervisor = psutil.Process(self.pid_of("supervisor"))
        return [supervisor, *supervisor.children(recursive=True)]

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.status()["port"], timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def wait_for(what: Callable[[], bool], timeout_s: float = 40) -> bool:
    deadline = time.monotonic() + timeout_s
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def list_living(family: list[psutil.Process], timeout_s: float = 20) -> list[psutil.Process]:
    """Those that still run. A dead one whose new parent has not looked yet counts as dead."""

    def living() -> list[psutil.Process]:
        return [process for process in family if is_alive(process)]

    wait_for(lambda: not living(), timeout_s)
    return living()


@pytest.fixture(scope="module")
def welcome_and_terminal(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, Terminal]]:
    terminal = Terminal(tmp_path_factory.mktemp("up") / "var")
    yield terminal.up(), terminal
    terminal.run("down")


@pytest.fixture
def terminal(welcome_and_terminal: tuple[str, Terminal]) -> Terminal:
    """Running; a test that broke it must have mended it."""
    return welcome_and_terminal[1]


def test_it_ends_with_one_line_that_holds_the_address_and_a_link_that_works(
    welcome_and_terminal: tuple[str, Terminal],
) -> None:
    welcome, terminal = welcome_and_terminal
    base_url = terminal.status()["base_url"]
    assert len(welcome.splitlines()) == 1
    assert f"GG-EZ is ready at {base_url} - sign in once as admin@localhost: " in welcome
    link = re.findall(r"http\S+", welcome)[-1]
    assert link.startswith(f"{base_url}/sign-in/")
    with urllib.request.urlopen(link) as answer:
        assert answer.status == 200


def test_status_names_every_process(terminal: Terminal) -> None:
    said = terminal.status()
    names = [process["name"] for process in said["processes"]]
    assert said["ready"] is True
    assert names[:3] == ["supervisor", "postgres", "redis"]
    assert "beat" in names
    assert any(name.startswith("worker") for name in names)
    assert any(name.startswith("web") for name in names)
    assert all(process["memory_bytes"] > 0 for process in said["processes"])


def test_the_first_start_brings_an_open_study_with_pictures(terminal: Terminal) -> None:
    facts = json.loads((terminal.data / "run" / "instance.json").read_text())
    with psycopg.connect(facts["database_url"]) as connection:
        found = connection.execute(
            "SELECT s.name, s.state, count(i.id) FROM studies s "
            "JOIN study_items i ON i.study_id = s.id AND i.kind = 'primary' "
            "WHERE s.is_sandbox GROUP BY s.id ORDER BY s.name"
        ).fetchall()
    assert found == [("Sandbox answers", "open", 96), ("Sandbox study", "open", 120)]


def test_a_second_start_says_that_it_runs_and_where(terminal: Terminal) -> None:
    before = terminal.status()
    for words in ([], ["--detach"], ["--port", str(before["port"])]):
        second = terminal.run("up", *words)
        assert second.returncode == 0
        assert second.stdout == (
            f"GG-EZ is already running at {before['base_url']} "
            f"(data folder {terminal.data.resolve()}).\n"
        )
    assert {p["pid"] for p in terminal.status()["processes"]} == {
        p["pid"] for p in before["processes"]
    }


@pytest.mark.parametrize("name", ["web-1", "worker", "beat"])
def test_a_killed_process_comes_back(terminal: Terminal, name: str) -> None:
    if name not in {process["name"] for process in terminal.status()["processes"]}:
        pytest.skip("this machine has a GPU, and a worker for it")
    killed = terminal.pid_of(name)
    os.kill(killed, signal.SIGKILL)
    assert wait_for(
        lambda: any(
            process["name"] == name and process["pid"] != killed and process["restarts"] == 1
            for process in terminal.status()["processes"]
        )
    )
    assert wait_for(terminal.is_ready)


def test_a_killed_postgres_comes_back_with_its_rows(terminal: Terminal) -> None:
    os.kill(terminal.pid_of("postgres"), signal.SIGKILL)
    assert wait_for(lambda: not terminal.is_ready())
    assert wait_for(terminal.is_ready)


def test_a_killed_redis_comes_back_although_its_data_is_wiped(terminal: Terminal) -> None:
    os.kill(terminal.pid_of("redis"), signal.SIGKILL)
    shutil.rmtree(terminal.data / "redis")
    assert wait_for(lambda: "redis" in {p["name"] for p in terminal.status()["processes"]})
    assert wait_for(terminal.is_ready)


def test_nothing_is_left_of_a_killed_supervisor_and_it_starts_again(terminal: Terminal) -> None:
    family = terminal.family()
    family[0].kill()
    assert list_living(family) == []
    assert terminal.status()["running"] is False
    terminal.up()
    assert terminal.is_ready()


def test_down_leaves_no_process(terminal: Terminal) -> None:
    family = terminal.family()
    done = terminal.run("down")
    assert done.returncode == 0
    assert done.stdout == f"GG-EZ has stopped (data folder {terminal.data.resolve()}).\n"
    assert list_living(family, timeout_s=0) == []
    assert terminal.status()["running"] is False


@pytest.mark.parametrize("words", [(), ("--detach",)], ids=["here", "detached"])
def test_a_port_in_use_is_a_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = Terminal(tmp_path / "var").run("up", "--port", str(port), *words)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Port {port} on 127.0.0.1 cannot be used (Address already in use); choose another with "
        "--port, or --port 0 for any free one.\n"
    )


def test_a_port_that_cannot_be_is_bad_input(tmp_path: Path) -> None:
    done = Terminal(tmp_path / "var").run("up", "--port", "70000")
    assert done.returncode == 2
    assert done.stderr == "A port lies between 0 and 65535; this is 70000.\n"


def test_a_host_that_is_not_ours_is_a_sentence(tmp_path: Path) -> None:
    done = Terminal(tmp_path / "var").run("up", "--port", "0", "--host", "203.0.113.7")
    assert done.returncode == 1
    assert "on 203.0.113.7 cannot be used" in done.stderr
