"""Tables as CSV and Parquet. The same columns give the same bytes."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

Cell = str | float | None
Columns = Mapping[str, Sequence[Cell]]
Format = Literal["csv", "parquet"]

# What stands in front of these runs as a formula where a spreadsheet opens the file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(columns: Columns, format_: Format) -> bytes:
    return write_csv(columns) if format_ == "csv" else write_parquet(columns)


def write_csv(columns: Columns) -> bytes:
    """UTF-8 with a mark, by which spreadsheets know it; an undefined value is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(
        [_as_cell(value) for value in row] for row in zip(*columns.values(), strict=True)
    )
    return text.getvalue().encode("utf-8-sig")


def _as_cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    # As many digits as bring the same number back.
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def write_parquet(columns: Columns) -> bytes:
    arrays = {
        name: pa.array(list(values), type=_find_type(values)) for name, values in columns.items()
    }
    file = io.BytesIO()
    pq.write_table(pa.table(arrays), file, compression="zstd", version="2.6")
    return file.getvalue()


def _find_type(values: Sequence[Cell]) -> pa.DataType:
    """Text where there is any; whole numbers stay whole; a column of nothing is text."""
    there = [value for value in values if value is not None]
    if not there or any(isinstance(value, str) for value in there):
        return pa.string()
    return pa.int64() if all(isinstance(value, int) for value in there) else pa.float64()
