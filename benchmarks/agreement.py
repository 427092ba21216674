"""Agreement of a million ratings: every coefficient with its interval, and every pair of raters.

    .venv/bin/python -m benchmarks.agreement

One core. First `ggez agreement` as a person runs it, on a CSV file; then the same in this process,
with the reading apart, and the pairwise kappa matrix; beside it the usual libraries on the same
ratings, points only, and a bootstrap that is a plain loop over resamples of the items.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stats import tables
from stats.agreement import counts, pairwise, ratings, report
from stats.agreement.ratings import Ratings
from stats.agreement.resampling import Bootstrap

LEVELS = (1, 2, 3, 4, 5)
RATINGS_PER_ITEM = 10
LONGEST_IN_PROCESS_S = 3.0
LONGEST_COMMAND_S = 8.0
MOST_IN_PROCESS_GIB = 1.0
MOST_COMMAND_GIB = 1.5
NUM_PAIRS = 200  # of raters, and
NUM_LOOPS = 10  # resamples: what libraries and loops are timed on, to multiply
SAME = 1e-6


@dataclass(frozen=True)
class Size:
    num_items: int
    num_raters: int
    num_resamples: int


FULL = Size(num_items=100_000, num_raters=1_000, num_resamples=2_000)
SMALL = Size(num_items=2_000, num_raters=50, num_resamples=200)


def write_ratings(path: Path, size: Size) -> None:
    """Raters who differ in severity, ten of them for each item."""
    random = np.random.default_rng(0)
    items = np.repeat(np.arange(size.num_items), RATINGS_PER_ITEM)
    raters = _draw_raters(random, size).ravel()
    seen = random.normal(0, 1, size.num_items)[items]
    seen += random.normal(0, 0.4, size.num_raters)[raters] + random.normal(0, 0.7, len(items))
    values = np.digitize(seen, [-1.2, -0.4, 0.4, 1.2]) + 1
    with path.open("w", encoding="utf-8") as file:
        file.write("item,rater,value\n")
        rows = zip(items.tolist(), raters.tolist(), values.tolist(), strict=True)
        file.writelines(
            f"item-{item:06d},rater-{rater:04d},{value}\n" for item, rater, value in rows
        )


def _draw_raters(random: np.random.Generator, size: Size) -> NDArray[np.int64]:
    """For each item ten different ones, all equally likely: those drawn twice are drawn anew."""
    raters = np.zeros((size.num_items, RATINGS_PER_ITEM), dtype=np.int64)
    again = np.arange(size.num_items)
    while again.size:
        raters[again] = random.integers(0, size.num_raters, (again.size, RATINGS_PER_ITEM))
        ordered = np.sort(raters[again], axis=1)
        again = again[(np.diff(ordered, axis=1) == 0).any(axis=1)]
    return raters


def run_command(path: Path, size: Size) -> tuple[float, float, dict[str, Any]]:
    """Seconds, GiB at most, and what it said."""
    words = ["agreement", str(path), "--levels", "1..5", "--bootstrap", str(size.num_resamples)]
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "cli.main", *words, "--json"], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        said = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - began
    if child.returncode:
        sys.exit("The command failed.")
    return took, usage.ru_maxrss / 2**20, json.loads(said)


def clock(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


@dataclass(frozen=True)
class Ours:
    read_s: float
    report_s: float
    matrix_s: float
    memory_gib: float
    found: report.Report
    selected: Ratings

    @property
    def in_process_s(self) -> float:
        return self.report_s + self.matrix_s


def time_ours(path: Path, size: Size) -> Ours:
    read_s, columns = clock(lambda: tables.read_columns(path, ratings.REQUIRED, ratings.GROUPS))
    plan = Bootstrap(num_resamples=size.num_resamples)
    report_s, found = clock(
        lambda: report.measure(ratings.from_table(columns), LEVELS, bootstrap=plan)
    )
    matrix_s, selected = clock(lambda: _measure_pairs(columns))
    peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return Ours(read_s, report_s, matrix_s, peak_gib, found, selected)


def _measure_pairs(columns: tables.Columns) -> Ratings:
    rows = ratings.from_table(columns)
    kept = np.arange(len(rows.value_r))
    selected = ratings.select(rows, kept, ratings.check_levels(LEVELS))
    pairwise.measure(selected)
    return selected


@dataclass(frozen=True)
class Theirs:
    label: str
    seconds: float
    name: str = ""  # of ours
    value: float = np.nan


def time_libraries(selected: Ratings, size: Size) -> list[Theirs]:
    """Their inputs, counts or a wide table, are made outside the clock."""
    # They are loaded late: what they take is not part of our memory.
    import krippendorff  # noqa: PLC0415
    from statsmodels.stats import inter_rater  # noqa: PLC0415

    grouped = counts.count(selected)
    counts_iq = grouped.counts_uq[grouped.row_i]
    wide = np.full((len(selected.items), len(selected.raters)), np.nan, dtype=np.float32)
    wide[selected.items_r, selected.raters_r] = selected.values_r

    def alpha(metric: str, of_iq: NDArray[np.int64] = counts_iq) -> float:
        return float(
            krippendorff.alpha(value_counts=of_iq, value_domain=LEVELS, level_of_measurement=metric)
        )

    timed = [
        Theirs(f"krippendorff, {metric} alpha", *_time_value(f"alpha.{metric}", alpha, metric))
        for metric in ("nominal", "ordinal", "interval")
    ]
    fleiss = _time_value("fleiss_kappa", inter_rater.fleiss_kappa, counts_iq)
    timed.append(Theirs("statsmodels, Fleiss' kappa", *fleiss))
    timed += _time_irrcac(wide)
    return [*timed, _time_pairs(wide), _time_loop(alpha, counts_iq, size)]


def _time_value(name: str, work: Callable[..., float], *given: Any) -> tuple[float, str, float]:
    seconds, value = clock(lambda: work(*given))
    return seconds, name, float(value)


def _time_irrcac(wide: NDArray[np.float32]) -> list[Theirs]:
    import pandas as pd  # noqa: PLC0415
    from irrCAC.raw import CAC  # noqa: PLC0415

    table = CAC(pd.DataFrame(wide), categories=[float(level) for level in LEVELS], digits=9)

    def compute(method: Callable[[], dict[str, Any]]) -> float:
        return float(method()["est"]["coefficient_value"])

    return [
        Theirs("irrCAC, AC1", *_time_value("gwet_ac1", compute, table.gwet)),
        Theirs("irrCAC, Brennan-Prediger", *_time_value("brennan_prediger", compute, table.bp)),
    ]


def _time_pairs(wide: NDArray[np.float32]) -> Theirs:
    from statsmodels.stats import inter_rater  # noqa: PLC0415

    num_raters = wide.shape[1]

    def loop() -> None:
        for other in range(NUM_PAIRS):
            one, two = wide[:, 0], wide[:, 1 + other % (num_raters - 1)]
            both = ~np.isnan(one) & ~np.isnan(two)
            table = np.zeros((len(LEVELS), len(LEVELS)))
            np.add.at(table, (one[both].astype(int) - 1, two[both].astype(int) - 1), 1)
            with np.errstate(divide="ignore", invalid="ignore"):
                inter_rater.cohens_kappa(table, wt="quadratic", return_results=False)

    seconds, _ = clock(loop)
    times = num_raters * (num_raters - 1) / 2 / NUM_PAIRS
    return Theirs(f"statsmodels, all pairs, from {NUM_PAIRS}", seconds * times)


def _time_loop(alpha: Callable[..., float], counts_iq: NDArray[np.int64], size: Size) -> Theirs:
    random = np.random.default_rng(0)

    def loop() -> None:
        for _ in range(NUM_LOOPS):
            drawn = random.integers(0, len(counts_iq), len(counts_iq))
            alpha("ordinal", counts_iq[drawn])

    seconds, _ = clock(loop)
    label = f"a loop over {size.num_resamples:,} resamples, ordinal alpha alone, from {NUM_LOOPS}"
    return Theirs(label, seconds * size.num_resamples / NUM_LOOPS)


def _round(facts: Any) -> Any:
    """To twelve digits: sums of products are cut up by the number of threads, which differs."""
    if isinstance(facts, dict):
        return {name: _round(each) for name, each in facts.items()}
    if isinstance(facts, list):
        return [_round(each) for each in facts]
    return float(f"{facts:.12g}") if isinstance(facts, float) else facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="Fewer ratings, and no limit.")
    size = SMALL if parser.parse_args().small else FULL
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        write_ratings(path, size)
        command_s, command_gib, said = run_command(path, size)
        ours = time_ours(path, size)
    theirs = time_libraries(ours.selected, size)
    _print_ours(size, command_s, command_gib, ours)
    furthest = _print_theirs(theirs, ours)
    is_same = _round(said) == _round(json.loads(json.dumps(ours.found.to_json())))
    print(f"\nThe command's numbers {'are' if is_same else 'ARE NOT'} those in process.")
    print(f"Those of libraries differ by {furthest:.0e} at most (limit {SAME:.0e}).")
    is_quick = command_s < LONGEST_COMMAND_S and ours.in_process_s < LONGEST_IN_PROCESS_S
    is_lean = command_gib < MOST_COMMAND_GIB and ours.memory_gib < MOST_IN_PROCESS_GIB
    holds = is_same and furthest < SAME and (size == SMALL or (is_quick and is_lean))
    sys.exit(not holds)


def _print_ours(size: Size, command_s: float, command_gib: float, ours: Ours) -> None:
    print(
        f"## Agreement\n\n{size.num_items * RATINGS_PER_ITEM:,} ratings of {size.num_items:,} "
        f"items by {size.num_raters:,} raters, {len(LEVELS)} levels, {size.num_resamples:,} "
        "resamples, one core.\n"
    )
    print("| ours | seconds | limit | GiB at most | limit |\n|---|---:|---:|---:|---:|")
    print(
        f"| the whole command | {command_s:.2f} | {LONGEST_COMMAND_S:g} | {command_gib:.2f} | "
        f"{MOST_COMMAND_GIB:g} |"
    )
    print(
        f"| in process, report and pairwise matrix | {ours.in_process_s:.2f} | "
        f"{LONGEST_IN_PROCESS_S:g} | {ours.memory_gib:.2f} | {MOST_IN_PROCESS_GIB:g} |"
    )
    print(f"| of it, the report with intervals | {ours.report_s:.2f} | | | |")
    print(f"| of it, the pairwise matrix | {ours.matrix_s:.2f} | | | |")
    print(f"| apart, reading the CSV file | {ours.read_s:.2f} | | | |")


def _print_theirs(theirs: list[Theirs], ours: Ours) -> float:
    """How far the furthest value of a library is from ours."""
    print("\n| usual libraries, points only | seconds | value | ours |\n|---|---:|---:|---:|")
    furthest = 0.0
    for each in theirs:
        if each.name:
            own = ours.found.overall.estimates[each.name].value
            assert own is not None, each.name
            furthest = max(furthest, abs(own - each.value))
            values = f"{each.value:.6f} | {own:.6f}"
        else:
            values = "|"
        print(f"| {each.label} | {each.seconds:.2f} | {values} |")
    return furthest


if __name__ == "__main__":
    main()
