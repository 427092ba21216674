"""Every picture of a study once more: one size, one format, nothing but pixels (pixels.bare).

Names are random: neither they nor the order in which files are written tell where a picture is
from.
"""

import json
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ml import files
from ml.datasets.pictures import pillow_settings
from ml.progress import Progress, word
from pixels import bare
from pixels.bare import Size
from specs.kinds.study.study_open import StudyOpen

TABLE = "pictures.jsonl"


class NotAPicture(ValueError):
    def __init__(self, digest: str, reason: object) -> None:
        super().__init__(f"The picture {digest[:12]} cannot be re-encoded: {reason}.")


def encode_all(
    spec: StudyOpen,  # noqa: ARG001 - all that it says is which study; what to read comes beside
    *,
    sources: Mapping[str, Path],
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - a picture takes milliseconds: an interrupted run starts over
    progress: Progress,
) -> dict[str, Any]:
    """From digest -> file to out_dir/NAME.webp, with a table of digest, name and size."""
    order = list(sources)
    random.shuffle(order)  # on purpose without a seed: the order is to be known to nobody
    with pillow_settings():
        size = bare.choose_size(_measure(digest, path) for digest, path in sources.items())
        rows = list(_encode_each(order, sources, size, out_dir, progress))
    files.write_text(out_dir / TABLE, "".join(f"{json.dumps(row)}\n" for row in rows))
    return {"num_pictures": len(rows), "width": size[0], "height": size[1]}


def _measure(digest: str, path: Path) -> Size:
    try:
        return bare.measure(path)
    except bare.NotReadable as error:
        raise NotAPicture(digest, error) from error


def _encode_each(
    order: Sequence[str], sources: Mapping[str, Path], size: Size, out_dir: Path, progress: Progress
) -> Iterator[dict[str, Any]]:
    for done, digest in enumerate(order, 1):
        progress.check()
        name = f"{uuid.uuid4()}.webp"
        try:
            (out_dir / name).write_bytes(bare.encode(sources[digest], size))
        except bare.NotReadable as error:
            raise NotAPicture(digest, error) from error
        progress.update(done, len(order), unit=word("pictures"))
        yield {"source_sha256": digest, "file": name, "width": size[0], "height": size[1]}
