"""Columns of a large table: what the row by row reader gives, and the same sentences."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats import tables
from stats.tables import TableUnreadable

CELLS = st.text(st.sampled_from('ab ",\n\r;é'), max_size=4)


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("utf-8"))
    return path


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12), st.integers(1, 5))
def test_columns_say_what_rows_say_and_where(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], at_once: int
) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["item", "Rater ", "value"], *rows])
    path = write(tmp_path_factory.mktemp("table") / "table.csv", file.getvalue())
    by_row = tables.read(path, ("item", "value")).rows
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_ROWS_AT_ONCE", at_once)
        by_column = tables.read_columns(path, ("item", "value"), ("rater", "arm"))

    assert set(by_column) == {"item", "value", "rater"}
    assert by_column.lines.tolist() == [row.line for row in by_row]
    for name, column in by_column.items():
        assert column.spell().tolist() == [row.get(name) for row in by_row]
        assert len(set(column.cells)) == len(column.cells)


def test_numbers_are_read_once_for_each_different_cell(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "value\n1\n 1.0\n2e1\n1\n")
    columns = tables.read_columns(path, ("value",))

    assert columns["value"].cells.tolist() == ["1", "1.0", "2e1"]
    np.testing.assert_array_equal(columns.read_numbers("value"), [1, 1, 20, 1])


def test_a_blank_cell_is_no_number_and_no_error(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "item,value\na,1\nb, \n")
    numbers = tables.read_columns(path, ("item", "value")).read_numbers("value")
    np.testing.assert_array_equal(numbers, [1, np.nan])


def test_equal_things_are_numbered_alike_in_the_order_they_come() -> None:
    column = tables.encode(["b", "a", "b"])
    assert (column.codes.tolist(), column.cells.tolist()) == ([0, 1, 0], ["b", "a"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "'t.csv' is empty."),
        ("item,value\na,1,2\n", "'t.csv', line 2: there are 3 cells and 2 columns."),
        ("\n\nitem,value\na,1\n\nb\n", "'t.csv', line 6: there are 1 cells and 2 columns."),
        ("item,rater\na,1\n", "'t.csv' lacks the columns 'value'; it has 'item', 'rater'."),
        ("item,value,item\na,1,a\n", "'t.csv' has the column 'item' more than once."),
        ('item,value\na,1\nb,"2', "'t.csv', line 3: unexpected end of data."),
        ("item,value\na,1\nb,many\n", "'t.csv', line 3: the value 'many' is no number."),
        ("item,value\na,1\nb,inf\n", "'t.csv', line 3: the value 'inf' is no number."),
        ("item,value\na,1\nb,nan\n", "'t.csv', line 3: the value 'nan' is no number."),
        ("item,value\0\na,1\n", "'t.csv' is no table of text: it holds a zero byte."),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    path = write(tmp_path / "t.csv", text)
    with pytest.raises(TableUnreadable) as error:
        tables.read_columns(path, ("item", "value")).read_numbers("value")
    assert str(error.value) == sentence
