"""Every picture of a study once more: one size, one format, nothing but pixels.

A picture that is smaller or of another shape stands in the middle of a neutral ground; none is
cropped or blown up. Names are random: neither they nor the order in which files are written tell
where a picture is from.
"""

import json
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from ml import files
from ml.datasets.pictures import pillow_settings
from ml.progress import Progress, word
from specs.kinds.study_open import StudyOpen

MOST_PIXELS_A_SIDE = 1024
GROUND = (128, 128, 128)
QUALITY = 92
# Drawings of a few pixels lose by compression, and weigh next to nothing without.
LOSSLESS_UP_TO = 256
TABLE = "pictures.jsonl"
_ORIENTATION, _TURNED = 0x0112, (5, 6, 7, 8)  # of EXIF

Size = tuple[int, int]


class NotAPicture(ValueError):
    def __init__(self, digest: str, reason: str) -> None:
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
    size = _choose_size(sources)
    order = list(sources)
    random.shuffle(order)  # on purpose without a seed: the order is to be known to nobody
    rows = list(_encode_each(order, sources, size, out_dir, progress))
    files.write_text(out_dir / TABLE, "".join(f"{json.dumps(row)}\n" for row in rows))
    return {"num_pictures": len(rows), "width": size[0], "height": size[1]}


def encode(picture: Image.Image, size: Size) -> Image.Image:
    """Upright, without transparency, in the middle of a ground of this size."""
    upright = ImageOps.exif_transpose(picture)
    ground = Image.new("RGB", size, GROUND)
    flat = upright.convert("RGBA")
    flat.thumbnail(size, Image.Resampling.LANCZOS)
    corner = ((size[0] - flat.width) // 2, (size[1] - flat.height) // 2)
    ground.paste(flat, corner, flat)
    return ground


def save(picture: Image.Image, path: Path) -> None:
    is_small = max(picture.size) <= LOSSLESS_UP_TO
    # A new picture of the pixels alone: no profile, no metadata, whatever the file brought along.
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    bare.save(path, "WEBP", lossless=is_small, quality=QUALITY, method=4)


def _choose_size(sources: Mapping[str, Path]) -> Size:
    """The largest width and height that occur, within bounds: nothing has to grow."""
    width = height = 1
    for digest, path in sources.items():
        across, down = _measure(digest, path)
        scale = min(1.0, MOST_PIXELS_A_SIDE / max(across, down))
        width, height = max(width, round(across * scale)), max(height, round(down * scale))
    return width, height


def _measure(digest: str, path: Path) -> Size:
    """By the head of the file, as it stands when it is turned upright."""
    try:
        with Image.open(path) as picture:
            across, down = picture.size
            is_turned = picture.getexif().get(_ORIENTATION, 1) in _TURNED
    except OSError as error:
        raise NotAPicture(digest, str(error)) from error
    return (down, across) if is_turned else (across, down)


def _encode_each(
    order: Sequence[str], sources: Mapping[str, Path], size: Size, out_dir: Path, progress: Progress
) -> Iterator[dict[str, Any]]:
    with pillow_settings():
        for done, digest in enumerate(order, 1):
            progress.check()
            name = f"{uuid.uuid4()}.webp"
            try:
                with Image.open(sources[digest]) as picture:
                    save(encode(picture, size), out_dir / name)
            except OSError as error:
                raise NotAPicture(digest, str(error)) from error
            progress.update(done, len(order), unit=word("pictures"))
            yield {"source_sha256": digest, "file": name, "width": size[0], "height": size[1]}
