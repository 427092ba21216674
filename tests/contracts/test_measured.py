"""docs/measured.md is written section by section, and says of each when it was measured."""

from pathlib import Path

import pytest

from benchmarks import prove

REPORT = Path(__file__).parents[2] / "docs" / "measured.md"


def test_what_is_read_is_what_was_written() -> None:
    sections = {"jobs": "## Jobs\n\n| a | b |", "merge": "## Merging\n\nIt held."}
    report = prove.write(sections, ["merge", "jobs"])

    assert prove.read(report) == sections
    assert report.index("## Merging") < report.index("## Jobs")


def test_a_section_that_nothing_measures_is_left_out() -> None:
    assert "Old" not in prove.write({"old": "## Old"}, ["merge"])


def test_what_is_unknown_is_named_before_anything_is_measured() -> None:
    with pytest.raises(SystemExit, match=r"nothing named mergge to measure; slow_tests, .*merge"):
        prove.main(["merge", "mergge"])


def test_the_report_says_of_every_section_where_it_was_measured() -> None:
    sections = prove.read(REPORT.read_text("utf-8"))

    assert set(sections) <= set(prove.list_names())
    for name, text in sections.items():
        assert "commit " in text.splitlines()[-1], name
