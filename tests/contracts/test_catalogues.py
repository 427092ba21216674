"""What pages say is collected, and the languages that promise to be complete are."""

import ast
import re
import subprocess
import sys

from babel.messages.pofile import read_po

from .conftest import ROOT


def test_catalogues_are_up_to_date_and_indonesian_is_complete() -> None:
    told = subprocess.run(
        [sys.executable, "locales/update.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, (
        f"{told.stdout}{told.stderr}Run `python locales/update.py`, then translate what is empty "
        "in locales/id/LC_MESSAGES/messages.po."
    )


def test_a_translation_repeats_every_value() -> None:
    with (ROOT / "locales/id/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="id")
    forgetful = [
        message.id
        for message in catalogue
        if message.id
        for said in _as_forms(message.string)
        if _list_values(_as_forms(message.id)[-1]) != _list_values(said)
    ]
    assert not forgetful, f"These lose or add a value on the way: {forgetful}"


def _as_forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _list_values(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s", text))


def test_what_computations_report_is_marked_for_translation() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "ml").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "progress.update"
        for given in node.keywords
        if given.arg in ("unit", "message") and isinstance(given.value, ast.Constant)
    ]
    assert not bare, f"Say word('...') from ml.progress, or no language but English knows: {bare}"
