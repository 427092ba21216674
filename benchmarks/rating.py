"""Rating over HTTP, against one `ggez up` on this machine, with those who ask on it as well.

"Save and next" is what a phone does for each rating: the form's fields are posted, with the names
of the items that the page still has in hand. It ends when the answer is there whole; that says that
the rating is saved (it is committed by then) and brings what is next as it will be shown. With
items in hand the page shows the next one at once; a rater waits as long as this only where nothing
is in hand. Without scripts the form is posted and the page it leads to is loaded: two ways to the
server, measured as one.

The bytes of the next picture are no part of it. The 200 raters load them between two ratings, as
the page does; in the closed loops they are not loaded at all. Nor are style sheets and scripts,
which a browser keeps.

Everybody joins by an invite, with consent and profile, and keeps their cookies. The 200 raters
press in their own irregular rhythms, and the time is taken from the moment at which somebody was to
press: an answer that is late counts for all that had to wait behind it. In the closed loop each
presses as soon as the next is there. Afterwards the books are compared: every "saved" is one
rating, each once, none beyond an item's quota.
"""

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus

import uvloop

from benchmarks import _open_studies, _raters, _web
from benchmarks._browser import Browser
from benchmarks._open_studies import Books, Installation, Size
from benchmarks._raters import PlainRater, Rater

_PACED_LIMIT_MS, _PRESSING_LIMIT_MS, _FEWEST_A_SECOND = 200.0, 250.0, 100.0
_JOINING_AT_ONCE = 8
_NOTHING = dict.fromkeys(("web", "PostgreSQL", "asking", "the rest"), 0.0)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Items times quota are more than the ratings that come, and many items become full."""

    num_raters: int
    per_second: float
    paced_s: float
    paced: Size
    num_pressing: int
    pressing_s: float
    plain_s: float
    pressed: Size


LONG = Plan(
    num_raters=200,
    per_second=50,
    paced_s=120,
    paced=Size(num_prompts=850, num_arms=3, quota=3),
    num_pressing=20,
    pressing_s=30,
    plain_s=10,
    pressed=Size(num_prompts=900, num_arms=2, quota=6),
)
SMALL = Plan(
    num_raters=10,
    per_second=5,
    paced_s=4,
    paced=Size(num_prompts=20, num_arms=2, quota=2),
    num_pressing=4,
    pressing_s=3,
    plain_s=2,
    pressed=Size(num_prompts=300, num_arms=2, quota=4),
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One measurement: milliseconds of each step, and whose processor time it took."""

    name: str
    durations: Sequence[float]
    elapsed_s: float
    processors_s: dict[str, float] = field(default_factory=lambda: dict(_NOTHING))
    most_ms: float | None = None
    fewest_a_second: float | None = None

    @property
    def per_second(self) -> float:
        return len(self.durations) / self.elapsed_s

    @property
    def p95_ms(self) -> float:
        return statistics.quantiles(self.durations, n=20)[-1]

    @property
    def holds(self) -> bool:
        is_quick = self.most_ms is None or self.p95_ms <= self.most_ms
        is_enough = self.fewest_a_second is None or self.per_second >= self.fewest_a_second
        return is_quick and is_enough


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="In a minute, and held to no limit.")
    is_small = parser.parse_args().small
    plan = SMALL if is_small else LONG
    bare = _measure_bare(plan)
    with _open_studies.running() as made:
        num_web = sum(name.startswith("web") for name in made.running.processes)
        runs, num_saved = uvloop.run(_measure(made, plan))
        books = made.read_books()
    print(f"## Rating\n\n{_describe(plan, num_web)}\n")
    _print_runs([bare, *runs], bare)
    _print_processors(runs)
    is_right = _print_books(books, num_saved)
    sys.exit(not is_right or (not is_small and not all(run.holds for run in runs)))


def _describe(plan: Plan, num_web: int) -> str:
    return (
        f"{num_web} web processes on {os.cpu_count()} cores, PostgreSQL and those who ask on the "
        f"same. Two criteria; {plan.paced.num_items:,} items for {plan.paced.quota} raters each, "
        f"then {plan.pressed.num_items:,} for {plan.pressed.quota}, and 5 % repeats. Save and "
        "next, from pressing the button until the answer with the next item is there:"
    )


def _measure_bare(plan: Plan) -> Run:
    """The same question to an application that answers at once and reads nothing."""
    fields = [("page_key", "0" * 36), ("correctness", "1"), ("naturalness", "1")]

    async def ask(browser: Browser, end: float, durations: list[float]) -> None:
        while (began := time.perf_counter()) < end:
            (await browser.post("/", fields)).check(HTTPStatus.OK, "the bare application")
            durations.append((time.perf_counter() - began) * 1000)
        browser.close()

    async def measure(port: int) -> list[float]:
        durations: list[float] = []
        end = time.perf_counter() + plan.pressing_s / 3
        browsers = [Browser(port) for _ in range(plan.num_pressing)]
        await asyncio.gather(*(ask(browser, end, durations) for browser in browsers))
        return durations

    with _web.serving(_web.BARE, num_processes=os.cpu_count() or 1) as port:
        began = time.perf_counter()
        durations = uvloop.run(measure(port))
        elapsed_s = time.perf_counter() - began
    name = f"bare ASGI application, {plan.num_pressing} in a closed loop"
    return Run(name=name, durations=durations, elapsed_s=elapsed_s)


async def _measure(made: Installation, plan: Plan) -> tuple[list[Run], int]:
    port = made.running.port
    paced = await _join(made, plan.paced, [Rater(port, n) for n in range(plan.num_raters)])
    pressing: list[Rater] = [Rater(port, n) for n in range(plan.num_pressing)]
    plain: list[Rater] = [PlainRater(port, n) for n in range(plan.num_pressing)]
    await _join(made, plan.pressed, [*pressing, *plain])
    runs = [
        replace(
            await _watch(
                made,
                f"{plan.num_raters} raters, {plan.per_second:g} a second",
                lambda: _raters.pace(paced, per_second=plan.per_second, seconds=plan.paced_s),
            ),
            most_ms=_PACED_LIMIT_MS,
        ),
        replace(
            await _watch(
                made,
                f"{plan.num_pressing} in a closed loop",
                lambda: _raters.press_on(pressing, seconds=plan.pressing_s),
            ),
            most_ms=_PRESSING_LIMIT_MS,
            fewest_a_second=_FEWEST_A_SECOND,
        ),
        await _watch(
            made,
            f"{plan.num_pressing} in a closed loop, without scripts",
            lambda: _raters.press_on(plain, seconds=plan.plain_s),
        ),
    ]
    everybody = [*paced, *pressing, *plain]
    for rater in everybody:
        rater.browser.close()
    return runs, sum(rater.num_saved for rater in everybody)


async def _join(made: Installation, size: Size, raters: list[Rater]) -> list[Rater]:
    """A few at a time, as an invite is read out in a room; before anything is measured."""
    link = made.open_study(size)
    made.settle()
    waiting = iter(raters)

    async def let_in() -> None:
        for rater in waiting:
            await rater.join(link)

    await asyncio.gather(*(let_in() for _ in range(_JOINING_AT_ONCE)))
    return raters


async def _watch(made: Installation, name: str, work: Callable[[], Awaitable[list[float]]]) -> Run:
    before = made.read_processors()
    began = time.perf_counter()
    durations = await work()
    elapsed_s = time.perf_counter() - began
    used = {who: seconds - before[who] for who, seconds in made.read_processors().items()}
    return Run(name=name, durations=durations, elapsed_s=elapsed_s, processors_s=used)


def _print_runs(runs: Sequence[Run], bare: Run) -> None:
    print("| | a second | median, ms | 95 %, ms | longest, ms | 95 %, times the bare one | limit |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for run in runs:
        limits = [f"95 % {run.most_ms:g} ms"] if run.most_ms else []
        limits += [f"{run.fewest_a_second:g} a second"] if run.fewest_a_second else []
        print(
            f"| {run.name} | {run.per_second:.1f} | {statistics.median(run.durations):.1f} | "
            f"{run.p95_ms:.1f} | {max(run.durations):.0f} | {run.p95_ms / bare.p95_ms:.1f} | "
            f"{', '.join(limits)} |"
        )


def _print_processors(runs: Sequence[Run]) -> None:
    """Of two cores everybody takes a share, those who ask too."""
    print("\nProcessor time for each save and next, in milliseconds:\n")
    print("| | web | PostgreSQL | asking | the rest |\n|---|---:|---:|---:|---:|")
    for run in runs:
        each = [run.processors_s[who] * 1000 / len(run.durations) for who in _NOTHING]
        print(f"| time, {run.name} | {' | '.join(f'{ms:.2f}' for ms in each)} |")


def _print_books(books: Books, num_saved: int) -> bool:
    rows = [
        ("answers that said saved", num_saved, None),
        ("primary and surplus ratings", books.num_scored, num_saved),
        ("ratings", books.num_ratings, num_saved),
        ("different client keys", books.num_keys, num_saved),
        ("items that are full", books.num_full, None),
        ("items over their quota or miscounted", books.num_wrong, 0),
    ]
    print("\n| | found | must be |\n|---|---:|---:|")
    for name, found, wanted in rows:
        print(f"| {name} | {found} | {'' if wanted is None else wanted} |")
    return all(wanted is None or found == wanted for _, found, wanted in rows)


if __name__ == "__main__":
    main()
