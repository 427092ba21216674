import csv
import io

import pyarrow.parquet as pq
import pytest

from reports.files import tables
from reports.files.tables import Cell, Format

COLUMNS: dict[str, list[Cell]] = {
    "item": ["i1", "i2", 'with "quotes", and a comma', "=1+1"],
    "value": [1, 2, None, 3],
    "mean": [0.1 + 0.2, 1e-17, None, -2.0],
    "nothing": [None, None, None, None],
    "name": ["ไทย", "ខ្មែរ", "မြန်မာ", ""],
}


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_the_same_columns_give_the_same_bytes(format_: Format) -> None:
    assert tables.write(COLUMNS, format_) == tables.write(COLUMNS, format_)


def test_csv_brings_the_same_numbers_back() -> None:
    text = tables.write_csv(COLUMNS).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [row["value"] for row in rows] == ["1", "2", "", "3"]
    assert [float(row["mean"]) for row in rows if row["mean"]] == [0.1 + 0.2, 1e-17, -2.0]
    assert rows[1]["name"] == "ខ្មែរ"
    assert rows[2]["item"] == 'with "quotes", and a comma'


def test_a_text_never_runs_as_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(tables.write_csv(COLUMNS).decode("utf-8-sig"))))

    assert rows[3]["item"] == "'=1+1"
    assert rows[3]["mean"] == "-2"  # a number stays one


def test_parquet_keeps_whole_numbers_gaps_and_every_script() -> None:
    read = pq.read_table(io.BytesIO(tables.write_parquet(COLUMNS))).to_pydict()

    assert read == {name: list(values) for name, values in COLUMNS.items()}
    assert isinstance(read["value"][0], int)


def test_an_empty_table_still_has_its_columns() -> None:
    empty: dict[str, list[Cell]] = {"item": [], "value": []}

    assert tables.write_csv(empty).decode("utf-8-sig") == "item,value\n"
    assert pq.read_table(io.BytesIO(tables.write_parquet(empty))).column_names == ["item", "value"]
