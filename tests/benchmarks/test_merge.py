"""What `benchmarks.merge` takes for held, and where it finds what it compares with."""

import sys
from pathlib import Path

import pytest

from benchmarks import _mergekit, merge
from benchmarks.merge import Row

FAST, SLOW = (
    Row("mergekit's time, times ours", times, merge.MIN_TIMES_MERGEKIT, is_lowest=True)
    for times in (4.5, 3.9)
)


def test_a_limit_that_was_missed_is_a_miss() -> None:
    assert merge.report([FAST], is_compared=True)
    assert not merge.report([FAST, SLOW], is_compared=True)


def test_what_was_not_compared_with_mergekit_does_not_hold(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert merge.report([Row("one beta, s", 2.0)], is_compared=False) is False
    assert capsys.readouterr().out.endswith(
        "mergekit is not installed, so nothing was compared with it: `./setup.sh mergekit` does.\n"
    )


def test_mergekit_is_found_where_the_set_up_puts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert _mergekit.find() is None
    python = tmp_path / "mergekit" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert _mergekit.find() == str(python)
