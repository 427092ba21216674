"""Pictures for tests, good and bad, as bytes."""

import io
import json
import struct
import tarfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image


def draw(width: int = 64, height: int = 64, *, seed: int = 0) -> Image.Image:
    """Smooth, so that it compresses; different for every seed."""
    generator = np.random.default_rng(seed)
    corners = generator.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(corners).resize((width, height), Image.Resampling.BICUBIC)


def encode(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def jpeg(width: int = 64, height: int = 64, *, seed: int = 0, **options: object) -> bytes:
    return encode(draw(width, height, seed=seed), "JPEG", **options)


def png(width: int = 64, height: int = 64, *, seed: int = 0) -> bytes:
    return encode(draw(width, height, seed=seed), "PNG")


def animated_gif() -> bytes:
    frames = [draw(seed=seed) for seed in range(3)]
    return encode(frames[0], "GIF", save_all=True, append_images=frames[1:])


def bomb_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few hundred bytes that claim to be gigapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def write_folder(folder: Path, *, num_items: int = 3) -> Path:
    """Pictures with a caption in a text file beside each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(num_items):
        (folder / f"{number:03d}.jpg").write_bytes(jpeg(seed=number))
        (folder / f"{number:03d}.txt").write_text(f"Caption {number}", "utf-8")
    return folder


def write_tar(path: Path, folder: Path) -> Path:
    """The folder's files as a WebDataset shard, in the order of their names."""
    with tarfile.open(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.add(file, file.name)
    return path


def write_jsonl(folder: Path, *, num_shards: int) -> None:
    """Tables for the pictures in a folder, in place of the captions beside them."""
    rows = []
    for caption in sorted(folder.glob("*.txt")):
        rows.append({"image": f"{caption.stem}.jpg", "caption": caption.read_text("utf-8")})
        caption.unlink()
    size = -(-len(rows) // num_shards)
    for shard in range(num_shards):
        part = rows[shard * size : (shard + 1) * size]
        lines = "".join(f"{json.dumps(row)}\n" for row in part)
        (folder / f"train-{shard:05d}-of-{num_shards:05d}.jsonl").write_text(lines, "utf-8")
