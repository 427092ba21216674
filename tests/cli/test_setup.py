"""setup.sh with a made-up Python, apt-get and user: what it refuses, installs and leaves alone."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = """#!/bin/sh
# Answers as Python {version}, notes what pip and venv are asked for.
case "$*" in
    *version_info*) exit {wrong_version} ;;
    *ensurepip*) exit {no_venv} ;;
    "-m venv"*)
        for folder; do :; done
        mkdir -p "$folder/bin" "$folder/lib/python3.11/site-packages"
        cp "$0" "$folder/bin/python"
        ;;
    "-m pip --version") ;;
    *) ;;
esac
echo "$*" >>"$NOTES"
[ "$*" != --version ] || echo "Python {version}"
"""
NOTING = '#!/bin/sh\necho "$(basename "$0") $*" >>"$NOTES"\n'


class Clone:
    """setup.sh and what it reads, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clone"
        self.bin = folder / "bin"
        self._notes = folder / "notes"
        self.folder.mkdir()
        self.bin.mkdir()
        for name in ("setup.sh", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.folder / name)
        self.put("apt-get", NOTING)
        self.be_user(1000)
        self.put_python()
        for tool in ("sh", "cat", "cut", "sha256sum", "head", "tail", "tr", "sort", "sed", "mkdir"):
            self.link(tool)
        for tool in ("cp", "rm", "dirname", "basename", "ls"):
            self.link(tool)

    def link(self, tool: str) -> None:
        found = shutil.which(tool)
        assert found
        (self.bin / tool).symlink_to(found)

    def put(self, name: str, script: str) -> None:
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)

    def put_python(self, version: str = "3.11.7", *, has_venv: bool = True) -> None:
        right = version.startswith("3.11.")
        script = PYTHON.format(
            version=version, wrong_version=int(not right), no_venv=int(not has_venv)
        )
        self.put("python3", script)

    def be_user(self, number: int) -> None:
        self.put("id", f"#!/bin/sh\necho {number}\n")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        self._notes.write_text("")
        return subprocess.run(
            [self.folder / "setup.sh", *words],
            env={"PATH": str(self.bin), "HOME": str(self.folder), "NOTES": str(self._notes)},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def notes(self) -> str:
        return self._notes.read_text()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_it_installs_what_is_asked_for_with_the_exact_versions(clone: Clone) -> None:
    done = clone.run("ml", "test")
    assert done.returncode == 0, done.stderr
    assert "--constraint constraints.txt --editable .[ml,test]" in clone.notes


def test_without_extras_it_installs_the_rest(clone: Clone) -> None:
    clone.run()
    assert clone.notes.rstrip().endswith("--editable .")


def test_the_second_time_does_nothing(clone: Clone) -> None:
    clone.run("ml")
    for words in (["ml"], []):
        done = clone.run(*words)
        assert (done.returncode, done.stdout, clone.notes) == (0, "", "")


def test_what_is_there_stays_when_more_is_asked_for(clone: Clone) -> None:
    clone.run("ml")
    clone.run("test")
    assert ".[ml,test]" in clone.notes


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_list_of_packages_is_installed(clone: Clone, name: str) -> None:
    clone.run("ml")
    with (clone.folder / name).open("a") as file:
        file.write("# changed\n")
    clone.run("ml")
    assert ".[ml]" in clone.notes


def test_an_interrupted_installation_is_done_again(clone: Clone) -> None:
    clone.run("ml")
    (clone.folder / ".venv" / "installed").unlink()
    clone.run("ml")
    assert ".[ml]" in clone.notes


def test_a_moved_folder_is_installed_again(clone: Clone, tmp_path: Path) -> None:
    clone.run("ml")
    clone.folder = clone.folder.rename(tmp_path / "moved")
    clone.run("ml")
    assert ".[ml]" in clone.notes


def test_another_python_is_refused_by_name(clone: Clone) -> None:
    clone.put_python("3.12.3")
    done = clone.run()
    assert done.returncode == 1
    assert done.stderr == (
        "GG-EZ runs on Python 3.11 and nothing else so far; found Python 3.12.3. "
        "Install Python 3.11 or set PYTHON=/path/to/python3.11.\n"
    )
    assert not (clone.folder / ".venv").exists()


def test_a_missing_venv_is_installed_by_root(clone: Clone) -> None:
    clone.put_python(has_venv=False)
    clone.be_user(0)
    assert clone.run().returncode == 0
    assert "apt-get install -y -qq --no-install-recommends python3.11-venv" in clone.notes


def test_everybody_else_is_told_the_command_for_a_missing_venv(clone: Clone) -> None:
    clone.put_python(has_venv=False)
    done = clone.run()
    assert done.returncode == 1
    assert done.stderr == (
        "python3.11-venv is missing (virtual environments). Install it, then try again: "
        "sudo apt-get install python3.11-venv\n"
    )
    assert "apt-get" not in clone.notes


def test_a_missing_chromium_is_installed_by_root_and_told_to_others(clone: Clone) -> None:
    done = clone.run("chromium")
    assert done.returncode == 1
    assert "sudo apt-get install chromium" in done.stderr
    clone.be_user(0)
    assert clone.run("chromium").returncode == 0
    assert "apt-get install -y -qq --no-install-recommends chromium" in clone.notes


def test_an_installed_chromium_is_enough(clone: Clone) -> None:
    clone.put("chromium", NOTING)
    assert clone.run("chromium").returncode == 0
    assert "apt-get" not in clone.notes


def test_mergekit_gets_an_environment_that_borrows_the_rest_of_ours(clone: Clone) -> None:
    done = clone.run("mergekit")
    assert done.returncode == 0, done.stderr
    asked = clone.notes.splitlines()
    assert ".[ml]" in asked[-4]  # torch, which both compute with
    assert asked[-3:] == [
        "-m venv --clear --without-pip .venv/mergekit",
        (
            "-m pip --python .venv/mergekit/bin/python install --quiet --disable-pip-version-check "
            "--no-deps mergekit==0.1.5 immutables==0.21"
        ),
        "-c import mergekit.scripts.run_yaml",
    ]
    packages = clone.folder / ".venv" / "mergekit" / "lib" / "python3.11" / "site-packages"
    borrowed = packages / (packages / "ours.pth").read_text().strip()
    assert borrowed.resolve() == clone.folder / ".venv" / "lib" / "python3.11" / "site-packages"
    clone.run("mergekit")
    assert clone.notes == ""


def test_a_half_made_environment_of_mergekit_is_made_again(clone: Clone) -> None:
    clone.run("mergekit")
    (clone.folder / ".venv" / "mergekit" / "installed").unlink()
    clone.run("mergekit")
    assert "--no-deps mergekit==0.1.5 immutables==0.21" in clone.notes


def test_a_word_it_does_not_know_is_refused(clone: Clone) -> None:
    done = clone.run("everything")
    assert done.returncode == 1
    assert "Unknown word 'everything'" in done.stderr


def test_make_help_names_every_target() -> None:
    # Not the whole environment: below another make it would also tell in which folder it is.
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, env=environment
    )
    targets = [line.split()[0] for line in done.stdout.splitlines()]
    assert targets == ["help", "setup", "up", "test", "check", "prove", "format", "migrate"]


def test_ci_runs_both_commands_and_fails_when_one_does(tmp_path: Path) -> None:
    fake = tmp_path / "make"
    for failing, ran in (("check", "check\n"), ("test", "check\ntest\n"), ("", "check\ntest\n")):
        notes = tmp_path / "notes"
        notes.write_text("")
        fake.write_text(f'#!/bin/sh\necho "$1" >>"{notes}"\n[ "$1" != "{failing}" ]\n')
        fake.chmod(0o755)
        done = subprocess.run(
            [ROOT / ".ci" / "run"],
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            check=False,
        )
        assert notes.read_text() == ran
        assert (done.returncode == 0) is (failing == "")
