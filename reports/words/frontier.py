"""What keeping and gaining say together: people and a benchmark, or two benchmarks."""

from collections.abc import Iterator

from domain.results.report import Facts
from reports.facts import list_points, take
from reports.speech import Speech
from stats.frontier.retention import AT_LEAST


def say(frontier: Facts, _: Speech) -> Iterator[str]:
    advice = frontier.get("recommendation")
    if not advice:
        return
    share = _.percent(float(advice.get("at_least", AT_LEAST)))
    name = str(advice["variant"])
    if name == frontier.get("base"):
        yield _(
            "By the rule 'the largest regional gain that keeps at least %(share)s of global "
            "quality', the base stays.",
            share=share,
        )
        return
    yield _(
        "By the rule 'the largest regional gain that keeps at least %(share)s of global quality', "
        "the choice is '%(name)s'.",
        share=share,
        name=name,
    )
    yield from _say_doubt(frontier, name, _)
    yield from _say_split(frontier, _)


def _say_doubt(frontier: Facts, name: str, _: Speech) -> Iterator[str]:
    point = next((each for each in list_points(frontier) if each.name == name), None)
    if point is None:
        return
    limit = float(frontier["recommendation"].get("at_least", AT_LEAST))
    if not point.gain.has_interval or not point.retention.has_interval:
        yield _("How sure that choice is cannot be said: an interval is missing.")
    elif (point.gain.low or 0) <= 0:
        yield _("Its gain is uncertain: the interval holds 0.")
    elif (point.retention.low or 0) < limit:
        yield _("Its gain is clear; whether it keeps that much is uncertain.")
    else:
        yield _("Both hold over the whole of their intervals.")


def _say_split(frontier: Facts, _: Speech) -> Iterator[str]:
    """What the choice of one half of the prompts is worth on the other, where that was done."""
    split = frontier.get("split")
    if not split:
        return
    gain = take(split, "reported", "gain")
    if gain.value is None:
        return
    values = {"name": split["reported"]["variant"], "gain": _.signed(gain.value)}
    if gain.low is None or gain.high is None:
        yield _(
            "Chosen on one half of the prompts, '%(name)s' gains %(gain)s on the other.", **values
        )
        return
    values |= {"low": _.number(gain.low), "high": _.number(gain.high)}
    yield _(
        "Chosen on one half of the prompts, '%(name)s' gains %(gain)s on the other (%(low)s to "
        "%(high)s).",
        **values,
    )
