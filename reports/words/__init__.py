"""A report in plain words, for those who do not read statistics. Every sentence must be true in
every case: where something is unknown, sealed, simulated or undefined, it says that.
"""

from collections.abc import Iterator

from domain.results.report import Report
from reports.speech import Speech
from reports.words import agreement, asked, effects, frontier


def summarise(report: Report, _: Speech) -> tuple[str, ...]:
    """Short paragraphs: what was asked of whom, how far they agreed, and what came out."""
    parts = (asked.say(report, _), agreement.say(report, _), _say_found(report, _))
    return tuple(" ".join(sentences) for sentences in parts)


def _say_found(report: Report, _: Speech) -> Iterator[str]:
    yield from effects.say(report, _)
    if report.frontier is not None and not report.is_sealed:
        yield from frontier.say(report.frontier, _)
