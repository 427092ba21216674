"""How close an import comes to its limit: reading and decoding the same files, and nothing else.

    .venv/bin/python benchmarks/importing.py --items 2000

Both run here, alternating, on the same files; the ratio of the medians is what counts, the rates
depend on the machine. The limit is taken with one thread and with as many as an import uses.
"""

import argparse
import io
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from ml.importing.dataset import import_dataset
from ml.progress import Silent
from specs.kinds.dataset.dataset_import import DatasetImport


def write_pictures(folder: Path, num_items: int, side: int) -> None:
    """Photograph-like: smooth shapes with some noise, about half a megabyte per megapixel."""
    generator = np.random.default_rng(0)
    folder.mkdir()
    for number in range(num_items):
        corners = generator.integers(0, 256, (6, 6, 3), dtype=np.uint8)
        picture = Image.fromarray(corners).resize((side, side), Image.Resampling.BICUBIC)
        noise = generator.normal(0, 8, (side, side, 3))
        pixels = np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8)
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "JPEG", quality=88)
        (folder / f"{number:06d}.jpg").write_bytes(out.getvalue())
        (folder / f"{number:06d}.txt").write_text(f"Caption number {number}", "utf-8")


def decode(path: Path) -> None:
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        image.load()


def measure_bare(folder: Path, num_threads: int) -> float:
    paths = sorted(folder.glob("*.jpg"))
    began = time.perf_counter()
    with ThreadPoolExecutor(num_threads) as pool:
        list(pool.map(decode, paths))
    return time.perf_counter() - began


def measure_import(folder: Path, work: Path) -> float:
    spec = DatasetImport(name="Benchmark", source="pictures", licence="CC0-1.0")
    began = time.perf_counter()
    import_dataset(
        spec, out_dir=work / "out", state_dir=work / "state", progress=Silent(), path=str(folder)
    )
    took = time.perf_counter() - began
    shutil.rmtree(work)
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--side", type=int, default=768)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    num_threads = min(4, len(os.sched_getaffinity(0)))
    with tempfile.TemporaryDirectory() as name:
        folder, work = Path(name) / "pictures", Path(name) / "work"
        write_pictures(folder, arguments.items, arguments.side)
        measures: dict[str, Callable[[], float]] = {
            "bare, one thread": lambda: measure_bare(folder, 1),
            f"bare, {num_threads} threads": lambda: measure_bare(folder, num_threads),
            "import": lambda: measure_import(folder, work),
        }
        times: dict[str, list[float]] = {label: [] for label in measures}
        for _ in range(arguments.rounds):
            for label, measure in measures.items():
                times[label].append(measure())
    rates = {label: arguments.items / statistics.median(taken) for label, taken in times.items()}
    limit = rates[f"bare, {num_threads} threads"]
    print(f"## Importing\n\n{arguments.items} JPEG pictures of {arguments.side} pixels a side.\n")
    print("| | pictures a second | share of the limit |\n|---|---:|---:|")
    for label, rate in rates.items():
        print(f"| {label} | {rate:.0f} | {rate / limit:.2f} |")
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\nThe limit is reading and decoding the same files. Highest memory: {peak_mib:.0f} MiB."
    )


if __name__ == "__main__":
    main()
