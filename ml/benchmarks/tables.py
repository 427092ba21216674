"""CSV files of a benchmark: whole or not at all."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from ml import files


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    files.write_text(path, text.getvalue())
