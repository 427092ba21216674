"""A backup brings back every row and byte, or says in a sentence why it does not."""

import gzip
import io
import json
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli import database, main, restore
from cli.archive.manifest import NAME, Manifest
from domain import clock
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from domain.settings import Settings
from domain.users.models import User
from tests import factories

ZEROS = "0" * 64


@pytest.fixture(autouse=True)
def _only_embedded_services(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GGEZ_DATABASE_URL", "GGEZ_REDIS_URL", "GGEZ_ARTIFACTS_URI"):
        monkeypatch.delenv(name, raising=False)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main.ggez, [str(word) for word in words])


@contextmanager
def opened(data: Path) -> Iterator[tuple[Settings, Session]]:
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        yield settings, session


def publish(settings: Settings, session: Session, path: str, content: dict[str, bytes]) -> Artifact:
    """A published folder, or a file when its only name is empty."""
    root = storage.find_local(f"{settings.artifacts_root}/{path}")
    assert root is not None
    for name, data in content.items():
        file = root / name if name else root
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    row = Artifact(
        kind="dataset", uri=f"{settings.artifacts_root}/{path}", sha256=ZEROS, size_bytes=1
    )
    session.add(row)
    session.flush()
    return row


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a person, a job with a log, published files and a region of its own."""
    data = tmp_path_factory.mktemp("instance") / "var"
    with opened(data) as (settings, session):
        session.add(User(email="ana@example.org", name="Ana", role="admin"))
        publish(settings, session, "jobs/1/out", {"a.png": b"\x89PNG" * 5000, "deep/b.txt": b"b"})
        publish(settings, session, "uploads/2/nasi%20goreng.zip", {"": b"zip"})
        released = publish(settings, session, "jobs/3/out", {})
        released.released_at = clock.now()
        log = settings.data / "logs" / "job.log"
        log.write_text("what the job said")
        factories.make_job(session, state="succeeded", log_uri=log.as_uri())
        (settings.data / "regions" / "java.yaml").write_text("id: java\n")
    return data


@pytest.fixture(scope="module")
def archive(instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("backup") / "ggez.tar.gz"
    done = run("backup", "--data", instance, target)
    assert done.exit_code == 0, done.output
    return target


def contents(data: Path) -> dict[str, object]:
    """All that a person would miss."""
    with opened(data) as (_, session):
        artifacts = session.scalars(select(Artifact).order_by(Artifact.id)).all()
        found: dict[str, object] = {
            "people": session.scalars(select(User.email)).all(),
            "jobs": [(job.id, job.kind, job.state) for job in session.scalars(select(Job))],
        }
        for row in artifacts:
            root = storage.find_local(row.uri)
            assert root is not None
            files = [root] if root.is_file() else sorted(root.rglob("*")) if root.exists() else []
            found[str(row.id)] = [
                (str(file.relative_to(root)), file.read_bytes()) for file in files if file.is_file()
            ]
        for log_uri in session.scalars(select(Job.log_uri)):
            log = storage.find_local(log_uri or "")
            assert log is not None
            found["log"] = log.read_text()
    found["region"] = (data / "regions" / "java.yaml").read_text()
    return found


def read_manifest(archive: Path) -> Manifest:
    with tarfile.open(archive) as opened_archive:
        file = opened_archive.extractfile(NAME)
        assert file is not None
        return Manifest.model_validate_json(file.read())


def test_what_was_saved_comes_back_in_a_folder_of_another_name(
    instance: Path, archive: Path, tmp_path: Path
) -> None:
    done = run("restore", archive, "--data", tmp_path / "new")
    assert done.exit_code == 0, done.output
    assert contents(tmp_path / "new") == contents(instance)


def test_restored_rows_name_files_in_their_new_place(archive: Path, tmp_path: Path) -> None:
    run("restore", archive, "--data", tmp_path / "new")
    with opened(tmp_path / "new") as (_, session):
        uris = session.scalars(select(Artifact.uri).where(Artifact.released_at.is_(None))).all()
        logs = session.scalars(select(Job.log_uri)).all()
    assert all(str(uri).startswith((tmp_path / "new").as_uri()) for uri in [*uris, *logs])


def test_released_files_are_not_looked_for(archive: Path) -> None:
    names = {member.name for member in read_manifest(archive).members}
    assert "artifacts/jobs/1/out/deep/b.txt" in names
    assert "artifacts/uploads/2/nasi goreng.zip" in names
    assert not any("jobs/3" in name for name in names)
    assert not read_manifest(archive).list_items("missing")


def test_the_archive_is_its_owners_alone_and_nothing_half_written_is_left(archive: Path) -> None:
    assert archive.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]


def test_without_a_name_it_is_written_into_the_data_folder(instance: Path) -> None:
    done = run("backup", "--data", instance, "--json", "--no-artifacts")
    told = json.loads(done.stdout)
    written = Path(told["file"])
    assert written.parent == instance / "backups"
    assert told["size_bytes"] == written.stat().st_size
    assert (told["num_held"], told["num_left_out"]) == (0, 3)
    written.unlink()


def test_files_that_were_left_out_are_listed_and_looked_for_where_they_were(
    instance: Path, tmp_path: Path
) -> None:
    slim = tmp_path / "slim.tar.gz"
    assert (
        "without 3 published files"
        in run("backup", "--data", instance, slim, "--no-artifacts").output
    )
    assert {member.name for member in read_manifest(slim).members} == {
        "database.dump",
        "regions/java.yaml",
    }
    done = run("restore", slim, "--data", tmp_path / "new")
    assert "3 files were not in it" in done.output
    with opened(tmp_path / "new") as (_, session):
        assert all(
            uri.startswith(instance.as_uri()) for uri in session.scalars(select(Artifact.uri))
        )


def test_a_file_that_is_missing_is_said_and_not_passed_over(tmp_path: Path) -> None:
    data = tmp_path / "var"
    with opened(data) as (settings, session):
        row = publish(settings, session, "jobs/9/out", {})
    done = run("backup", "--data", data, tmp_path / "b.tar.gz", "--json")
    assert row.uri in done.stderr
    assert json.loads(done.stdout)["missing"] == [row.uri]


def test_an_existing_file_is_not_overwritten(instance: Path, archive: Path) -> None:
    before = archive.read_bytes()
    done = run("backup", "--data", instance, archive)
    assert done.exit_code == 1
    assert "already a file" in done.stderr
    assert archive.read_bytes() == before


def test_a_folder_that_is_not_empty_is_refused(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = run("restore", archive, "--data", tmp_path)
    assert done.exit_code == 1
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def rewrite(
    archive: Path,
    target: Path,
    change: Callable[[tarfile.TarInfo, bytes], list[tuple[tarfile.TarInfo, bytes]]],
) -> Path:
    with tarfile.open(archive) as source, tarfile.open(target, "w:gz") as written:
        for entry in source:
            file = source.extractfile(entry)
            assert file is not None
            for changed, content in change(entry, file.read()):
                changed.size = len(content)
                written.addfile(changed, io.BytesIO(content))
    return target


def cut_off(archive: Path, target: Path) -> Path:
    target.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    return target


def cut_off_between_files(archive: Path, target: Path) -> Path:
    return rewrite(
        archive, target, lambda entry, data: [] if entry.name == NAME else [(entry, data)]
    )


def with_a_changed_picture(archive: Path, target: Path) -> Path:
    return rewrite(
        archive,
        target,
        lambda entry, data: [
            (entry, data.replace(b"PNG", b"GNP") if "a.png" in entry.name else data)
        ],
    )


def with_a_file_taken_out(archive: Path, target: Path) -> Path:
    return rewrite(
        archive, target, lambda entry, data: [] if "b.txt" in entry.name else [(entry, data)]
    )


def with_something_slipped_in(name: str, kind: bytes = tarfile.REGTYPE) -> Callable[..., Path]:
    def change(entry: tarfile.TarInfo, data: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
        if entry.name != "database.dump":
            return [(entry, data)]
        added = tarfile.TarInfo(name)
        added.type = kind
        added.linkname = "/etc/passwd"
        return [(entry, data), (added, b"" if kind != tarfile.REGTYPE else b"evil")]

    return lambda archive, target: rewrite(archive, target, change)


def something_else(archive: Path, target: Path) -> Path:
    target.write_bytes(gzip.compress(b"no tar at all"))
    return target


def from_a_newer_version(archive: Path, target: Path) -> Path:
    newer = read_manifest(archive).model_copy(update={"schema_version": "9999"})
    return rewrite(
        archive,
        target,
        lambda entry, data: [
            (entry, newer.model_dump_json().encode() if entry.name == NAME else data)
        ],
    )


def with_a_place_outside(archive: Path, target: Path) -> Path:
    manifest = read_manifest(archive)
    items = [item.model_copy(update={"path": "..%2F../stolen"}) for item in manifest.items]
    crooked = manifest.model_copy(update={"items": tuple(items)}).model_dump_json().encode()
    return rewrite(
        archive, target, lambda entry, data: [(entry, crooked if entry.name == NAME else data)]
    )


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (cut_off, "cut off"),
        (cut_off_between_files, "cut off"),
        (something_else, "cut off or no backup"),
        (with_a_changed_picture, "was changed after"),
        (with_a_file_taken_out, "not there"),
        (with_something_slipped_in("artifacts/extra"), "not listed"),
        (with_something_slipped_in("../escape"), "does not belong"),
        (with_something_slipped_in("/tmp/escape"), "does not belong"),
        (with_something_slipped_in("artifacts/../../escape"), "does not belong"),
        (with_something_slipped_in("artifacts/link", tarfile.SYMTYPE), "does not belong"),
        (with_something_slipped_in("artifacts/hard", tarfile.LNKTYPE), "does not belong"),
        (with_something_slipped_in("artifacts/\xe9\0x"), "does not belong"),
        (with_a_place_outside, "does not belong"),
        (from_a_newer_version, "newer version"),
    ],
)
def test_a_damaged_archive_is_refused_in_a_sentence_and_leaves_nothing(
    damage: Callable[[Path, Path], Path], reason: str, archive: Path, tmp_path: Path
) -> None:
    damaged = damage(archive, tmp_path / "damaged.tar.gz")
    done = run("restore", damaged, "--data", tmp_path / "here" / "new")
    assert done.exit_code in {1, 2}
    assert reason in done.stderr
    assert "Traceback" not in done.output
    assert not (tmp_path / "here" / "new").exists()
    assert list((tmp_path / "here").glob("*")) == []
    assert not (tmp_path / "escape").exists()


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    done = run("restore", tmp_path / "nothing.tar.gz", "--data", tmp_path / "new")
    assert done.exit_code == 2
    assert "there is no such file" in done.stderr


def test_a_database_that_cannot_be_loaded_leaves_nothing(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(database_url: str, source: Path) -> None:
        raise restore.dumps.LoadFailed(f"no room in {database_url[:4]} for {source.name}")

    monkeypatch.setattr(restore.dumps, "load", fail)
    done = run("restore", archive, "--data", tmp_path / "here" / "new")
    assert done.exit_code == 1
    assert "could not be restored" in done.stderr
    assert list((tmp_path / "here").glob("*")) == []


def test_the_password_is_never_on_a_command_line(
    instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    real = subprocess.run

    def note(command: list[str], **options: object) -> object:
        seen.append(command)
        return real(command, **options)  # type: ignore[call-overload]  # handed through as it came

    monkeypatch.setattr(subprocess, "run", note)
    run("backup", "--data", instance, tmp_path / "b.tar.gz")
    password = (instance / "secrets" / "postgres_password").read_text().strip()
    assert any("pg_dump" in command[0] for command in seen)
    assert not any(password in word for command in seen for word in command)
