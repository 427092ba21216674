"""What pages say is collected, and the languages that promise to be complete are."""

import subprocess
import sys

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
