"""How close a merge comes to its limit: copying the same bytes, and nothing else.

    .venv/bin/python -m benchmarks.merge
    .venv/bin/python -m benchmarks.merge --mergekit /path/to/python   # not that of setup.sh

Two checkpoints in fp16, shaped like a language model of 1.3 billion weights. Before each timing the
inputs are evicted from the page cache; what is written is synced, on every side. All of it is
repeated in turns, and medians count. Digests of inputs are remembered, so a merge does not compute
them here; what they cost is a row of its own. mergekit (`./setup.sh mergekit`) stands beside
it: whole process against whole process, on the same files in the same run.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import _checkpoints, _mergekit
from ml.merging.fingerprints import Fingerprints
from ml.merging.run import merge
from ml.progress import Silent
from specs.kinds.model.model_merge import ModelMerge

ROOT = Path(__file__).parents[1]
BETAS = (0.1, 0.25, 0.3, 0.5, 0.75)
ONE = 0.3
PIECE_BYTES = 2 * 2**20
MAX_ONE = 1.25  # x reading both and writing one by plain copies
MAX_FIVE = 0.6  # x five single merges
MAX_FIVE_WRITES = 1.25  # x one read and five writes, where writing is what takes the time
MAX_MEMORY_MIB = 1536
MAX_GROWTH = 1.1  # from the small to the large model
MIN_TIMES_MERGEKIT = 4


@dataclass(frozen=True, kw_only=True)
class Size:
    gigabytes: float
    memory_gigabytes: tuple[float, float]
    repeats: int


FULL = Size(gigabytes=2.6, memory_gigabytes=(0.5, 5.0), repeats=5)
SMALL = Size(gigabytes=0.01, memory_gigabytes=(0.01, 0.05), repeats=1)


@dataclass(frozen=True)
class Row:
    what: str
    measured: float
    limit: float | None = None
    is_lowest: bool = False  # the limit is the least, not the most

    @property
    def holds(self) -> bool:
        if self.limit is None:
            return True
        return self.measured >= self.limit if self.is_lowest else self.measured <= self.limit

    def show(self) -> str:
        sign = "" if self.limit is None else f"{'>=' if self.is_lowest else '<='} {self.limit:g}"
        return f"| {self.what} | {self.measured:.3g} | {sign} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="tiny, and held to no limit")
    parser.add_argument("--folder", type=Path, help="where to write, about 60 GB  [default: tmp]")
    parser.add_argument("--repeats", type=int)
    parser.add_argument(
        "--mergekit", metavar="PYTHON", help="another interpreter that has mergekit"
    )
    arguments = parser.parse_args()
    size = SMALL if arguments.small else FULL
    python = arguments.mergekit or _mergekit.find()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        os.environ["XDG_CACHE_HOME"] = f"{name}/cache"
        rows = measure(Path(name), size, arguments.repeats or size.repeats, python)
    holds = report(rows, is_compared=python is not None)
    sys.exit(not holds and not arguments.small)


def report(rows: Sequence[Row], *, is_compared: bool) -> bool:
    """Whether all of it holds: what was not compared does not."""
    print("| | measured | limit |\n|---|---:|---:|")
    print("\n".join(row.show() for row in rows))
    if not is_compared:
        print(f"\n{_mergekit.MISSING}")
    return is_compared and all(row.holds for row in rows)


def measure(folder: Path, size: Size, repeats: int, python: str | None) -> list[Row]:
    print(
        f"## Merging\n\nTwo checkpoints of {size.gigabytes:g} GB in fp16, {repeats} repeats in "
        "turns, medians; inputs evicted before, outputs synced after.\n"
    )
    bench = Bench(folder, size.gigabytes)
    rows = [*measure_times(bench, repeats), *measure_mergekit(bench, python, repeats)]
    bench.clear()
    return [*rows, *measure_memory(folder, size)]


class Bench:
    """Two checkpoints, and the ways of going over them."""

    def __init__(self, folder: Path, gigabytes: float) -> None:
        self.folder = folder
        self.base, self.tuned = (folder / name for name in ("base", "tuned"))
        _checkpoints.write_two(self.base, self.tuned, gigabytes)
        self.files = [each / _checkpoints.FILE for each in (self.base, self.tuned)]
        self.size_bytes = self.files[0].stat().st_size
        self._number = 0

    def time(self, work: Callable[[Path], object]) -> float:
        self._number += 1
        out = self.folder / f"out-{self._number}"
        out.mkdir()
        for file in self.files:
            evict(file)
        began = time.perf_counter()
        work(out)
        took = time.perf_counter() - began
        shutil.rmtree(out)
        return took

    def clear(self) -> None:
        for each in (self.base, self.tuned):
            shutil.rmtree(each)

    def read_both(self, _out: Path) -> None:
        for file in self.files:
            for _ in read_pieces(file):
                pass

    def write_one(self, out: Path) -> None:
        piece = memoryview(bytearray(np.random.default_rng(0).bytes(PIECE_BYTES)))
        with (out / "written").open("wb", buffering=0) as file:
            for begin in range(0, self.size_bytes, PIECE_BYTES):
                file.write(piece[: self.size_bytes - begin])
            os.fsync(file.fileno())

    def copy(self, out: Path) -> None:
        """Read both, write one: what no merge can do without."""
        with (out / "copied").open("wb", buffering=0) as file:
            for piece in read_pieces(self.files[0]):
                file.write(piece)
            for _ in read_pieces(self.files[1]):
                pass
            os.fsync(file.fileno())

    def digest(self, out: Path) -> None:
        Fingerprints(out / "digests.json").of_files(self.files, Silent())

    def merge(self, *betas: float) -> Callable[[Path], object]:
        def work(out: Path) -> None:
            merge(
                ModelMerge(betas=betas),
                base=self.base,
                tuned=self.tuned,
                out_dir=out,
                state_dir=out,
                progress=Silent(),
            )

        return work


def read_pieces(path: Path) -> Iterator[memoryview]:
    piece = memoryview(bytearray(PIECE_BYTES))
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(piece):
            yield piece[:size]


def evict(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def take_turns(
    works: Mapping[str, Callable[[Path], object]], bench: Bench, repeats: int
) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            times[name].append(bench.time(work))
    return {name: statistics.median(taken) for name, taken in times.items()}


def measure_times(bench: Bench, repeats: int) -> list[Row]:
    bench.time(bench.merge(ONE))  # loads what a merge needs, and remembers the digests
    works: dict[str, Callable[[Path], object]] = {
        "read": bench.read_both,
        "write": bench.write_one,
        "copy": bench.copy,
        "digest": bench.digest,
        "five": bench.merge(*BETAS),
        **{f"beta {beta:g}": bench.merge(beta) for beta in BETAS},
    }
    times = take_turns(works, bench, repeats)
    singles = sum(times[f"beta {beta:g}"] for beta in BETAS)
    rates = {"R": 2 * bench.size_bytes / times["read"], "W": bench.size_bytes / times["write"]}
    five = Row("five betas in one pass, times five single merges", times["five"] / singles)
    bound = times["read"] + 5 * times["write"]
    five_writes = Row("the same, times one read and five writes", times["five"] / bound)
    if times["write"] > times["read"]:
        five_writes = Row(five_writes.what, five_writes.measured, MAX_FIVE_WRITES)
    else:
        five = Row(five.what, five.measured, MAX_FIVE)
    return [
        Row("read rate R, GB/s", rates["R"] / 1e9),
        Row("write rate W, synced, GB/s", rates["W"] / 1e9),
        Row("reading both, s", times["read"]),
        Row("writing one, s", times["write"]),
        Row("reading both and writing one by plain copies, s", times["copy"]),
        Row("SHA-256 of both inputs, once, s", times["digest"]),
        Row(f"one beta ({ONE:g}), s", times[f"beta {ONE:g}"]),
        Row("one beta, times the plain copies", times[f"beta {ONE:g}"] / times["copy"], MAX_ONE),
        Row("five single merges, s", singles),
        Row("five betas in one pass, s", times["five"]),
        five,
        five_writes,
    ]


def measure_mergekit(bench: Bench, python: str | None, repeats: int) -> list[Row]:
    """Whole processes, both with Python's start; ours with its digests remembered."""
    if python is None:
        return []
    recipe = bench.folder / "mergekit.yml"
    entries = [(bench.base, 1 - ONE), (bench.tuned, ONE)]
    models = [{"model": str(each), "parameters": {"weight": share}} for each, share in entries]
    # JSON is YAML.
    recipe.write_text(json.dumps({"merge_method": "linear", "models": models, "dtype": "float16"}))
    theirs = [python, "-m", "mergekit.scripts.run_yaml", str(recipe), "{out}/merged",
              "--no-copy-tokenizer", "--no-write-model-card"]  # fmt: skip
    ours = [sys.executable, "-m", "cli.main", "merge", "--base", str(bench.base), "--tuned",
            str(bench.tuned), "--beta", f"{ONE:g}", "--out", "{out}/merged"]  # fmt: skip
    peaks: dict[str, list[int]] = {"mergekit": [], "ggez": []}

    def process(name: str, command: list[str]) -> Callable[[Path], object]:
        def work(out: Path) -> None:
            peaks[name].append(run([word.format(out=out) for word in command]))
            for file in (out / "merged").rglob("*.safetensors"):
                descriptor = os.open(file, os.O_RDONLY)
                os.fsync(descriptor)
                os.close(descriptor)

        return work

    works = {"mergekit": process("mergekit", theirs), "ggez": process("ggez", ours)}
    times = take_turns(works, bench, min(repeats, 3))
    return [
        Row("one beta, whole process, s", times["ggez"]),
        Row("mergekit, whole process, s", times["mergekit"]),
        Row("mergekit's time, times ours", times["mergekit"] / times["ggez"],
            MIN_TIMES_MERGEKIT, is_lowest=True),
        Row("mergekit's highest memory, MiB", max(peaks["mergekit"])),
        Row("ours, whole process, MiB", max(peaks["ggez"])),
    ]  # fmt: skip


def run(command: list[str]) -> int:
    """The highest memory of the process, in MiB."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{said}")
    return usage.ru_maxrss // 1024


def measure_memory(folder: Path, size: Size) -> list[Row]:
    """In a process that does nothing else; mapped pages count."""
    peaks = []
    for gigabytes in size.memory_gigabytes:
        bench = Bench(folder, gigabytes)
        models = ["--base", str(bench.base), "--tuned", str(bench.tuned)]
        where = ["--beta", f"{ONE:g}", "--out", str(folder / "merged")]
        command = [sys.executable, "-m", "cli.main", "merge", *models, *where]
        peaks.append(run(command))
        shutil.rmtree(folder / "merged")
        bench.clear()
    small, large = size.memory_gigabytes
    return [
        Row(f"highest memory at {small:g} GB, MiB", peaks[0], MAX_MEMORY_MIB),
        Row(f"highest memory at {large:g} GB, MiB", peaks[1], MAX_MEMORY_MIB),
        Row("the second, times the first", peaks[1] / peaks[0], MAX_GROWTH),
    ]


if __name__ == "__main__":
    main()
