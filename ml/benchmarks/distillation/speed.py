"""How many pictures and texts a second: of a student and its teacher by turns, so that what else
the machine does hits both. The ratio is the median over rounds of the ratio within a round.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

from ml.benchmarks.distillation.values import Value
from ml.loading.encoders import Encoder
from ml.loading.preprocessing import Pixels
from ml.progress import Progress, word
from stats.distillation.measures import PER_SECOND, SPEED, TIMES

Work = Mapping[str, Callable[[Encoder], object]]
Seconds = Mapping[str, Sequence[Sequence[float]]]  # by what: of each round, of each encoder


def describe(pixels: Sequence[Pixels], texts: Sequence[str]) -> tuple[Work, Mapping[str, int]]:
    """What is timed, and how many things are in it."""
    work: Work = {
        "pictures": lambda encoder: encoder.embed_pixels(pixels),
        "texts": lambda encoder: encoder.embed_texts(texts),
    }
    return work, {"pictures": len(pixels), "texts": len(texts)}


def take(
    encoders: Sequence[Encoder],
    work: Work,
    rounds: int,
    progress: Progress,
    clock: Callable[[], float] = time.perf_counter,
) -> Seconds:
    """The first round of all is not counted; who is first changes from round to round."""
    seconds: dict[str, list[list[float]]] = {what: [] for what in work}
    for number in range(rounds + 1):
        progress.check()
        progress.update(number, rounds, unit=word("rounds"), message=word("Taking time"))
        for what, embed in work.items():
            of_round = [0.0] * len(encoders)
            places = range(len(encoders))
            for place in places if number % 2 else reversed(places):
                begun = clock()
                embed(encoders[place])
                of_round[place] = clock() - begun
            if number:
                seconds[what].append(of_round)
    return seconds


def list_values(seconds: Seconds, counts: Mapping[str, int]) -> Iterator[Value]:
    """Of the first encoder; beside the second, if there is one."""
    for what, rounds in seconds.items():
        per_second = counts[what] / median(each[0] for each in rounds)
        yield Value(task=SPEED, measure=PER_SECOND[what], value=per_second)
    for what, rounds in seconds.items():
        if len(rounds[0]) > 1:
            times = median(teacher / student for student, teacher in rounds)
            yield Value(task=SPEED, measure=TIMES[what], value=times)
