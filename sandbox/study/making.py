"""What both makers of shipped outputs do: a folder as an import writes it, in the place of what was
there.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ml import files
from specs import prompts as written
from specs.prompts import PromptLine

Row = dict[str, Any]


def read_rows(outputs: Path) -> list[Row]:
    with (outputs / "outputs.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write_folder(
    folder: Path, lines: list[PromptLine], make_rows: Callable[[Path], Iterable[Mapping[str, Any]]]
) -> dict[str, Any]:
    """`make_rows` writes its files into the folder that it is given."""
    part = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(part, ignore_errors=True)
    with files.new_folder(part) as new:
        rows = list(make_rows(new))
        files.write_text(new / "prompts.jsonl", written.write(lines))
        table = (json.dumps(row, ensure_ascii=False) for row in rows)
        files.write_text(new / "outputs.jsonl", "".join(f"{line}\n" for line in table))
    files.replace_folder(part, folder)
    size_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"num_prompts": len(lines), "num_outputs": len(rows), "size_bytes": size_bytes}
