"""A number with its interval: what every statistic here gives."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Without a value, or without an interval, where they are undefined, for the reason given."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


def undefined(reason: str) -> Estimate:
    return Estimate(value=None, reason=reason)
