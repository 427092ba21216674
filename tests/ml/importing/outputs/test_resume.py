"""However an import is interrupted, what comes out is the same, and no picture is looked at
twice.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ml import digests
from ml.datasets import pictures as inspected
from ml.importing.outputs import ledger
from ml.progress import Silent, Stopped
from tests import pictures

from .conftest import Import, make_row, write_jsonl

NUM_ROWS = 12


class StopAfter(Silent):
    """Asks to stop at the n-th look; the survey looks once per row, too."""

    def __init__(self, num_rows: int) -> None:
        self.left = NUM_ROWS + num_rows

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Stopped


class Crash(BaseException):
    """Stands for kill -9: nothing gets the chance to tidy up."""


class CrashAfter(StopAfter):
    def update(
        self,
        done: float,
        total: float | None = None,
        *,
        unit: str = "",
        message: str = "",
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        self.left -= 1
        if self.left < 0:
            raise Crash

    def check(self) -> None: ...


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Every row a picture of its own, but for two that are broken and one that stands twice."""
    folder = tmp_path / "in"
    folder.mkdir()
    rows = []
    for number in range(NUM_ROWS):
        (folder / f"{number}.png").write_bytes(pictures.png(8, 8, seed=number))
        rows.append(make_row(key=f"p{number}", text=None, file=f"{number}.png"))
    (folder / "3.png").write_bytes(b"<html>")
    (folder / "9.png").write_bytes(b"")
    rows[7] = rows[2]
    return write_jsonl(folder / "t.jsonl", rows)


@pytest.fixture
def expected(run: Import, table: Path, tmp_path: Path) -> tuple[dict[str, Any], str]:
    given = {"out_dir": tmp_path / "expected", "state_dir": tmp_path / "expected state"}
    facts = run(table, options=given).facts
    return facts, digests.of_folder(tmp_path / "expected")


@pytest.mark.parametrize("save_every", [1, 5, 200])
@pytest.mark.parametrize("stops", [[StopAfter(4)], [CrashAfter(6)], [CrashAfter(3), StopAfter(9)]])
def test_the_result_does_not_depend_on_where_it_was_interrupted(
    run: Import, table: Path, tmp_path: Path, expected: tuple[dict[str, Any], str],
    monkeypatch: pytest.MonkeyPatch, save_every: int, stops: list[StopAfter],
) -> None:  # fmt: skip
    monkeypatch.setattr(ledger, "SAVE_EVERY", save_every)
    for first in stops:
        progress = type(first)(first.left - NUM_ROWS)  # a case is run more than once
        with pytest.raises((Stopped, Crash)):
            run(table, options={"progress": progress})
        assert not (tmp_path / "out").exists()
    made = run(table)
    assert (made.facts, digests.of_folder(made.out)) == expected
    assert [each[:2] for each in made.problems] == [
        ("line 4", "not_a_picture"), ("line 8", "repeated"), ("line 10", "empty_file"),
    ]  # fmt: skip
    assert len(made.rows) == 9


def test_resuming_looks_at_no_picture_twice(
    run: Import, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Stopped):
        run(table, options={"progress": StopAfter(6)})
    seen: list[int] = []
    inspect = inspected.inspect
    monkeypatch.setattr(
        inspected,
        "inspect",
        lambda data, limits: (seen.append(len(data)), inspect(data, limits))[1],
    )
    run(table)
    assert len(seen) == 5  # of the six rows that are left, one repeats an earlier one


def test_it_begins_anew_when_the_source_changed_and_leaves_out_what_is_named_no_more(
    run: Import, table: Path
) -> None:
    with pytest.raises(Stopped):
        run(table.parent, options={"progress": StopAfter(6)})
    (table.parent / "0.png").write_bytes(pictures.png(16, 16, seed=99))
    made = run(table.parent)
    assert made.rows[0]["width"] == 16
    assert len(list((made.out / "pictures").rglob("*.png"))) == len(made.rows) == 9
