"""Numbers, sizes and times as a reader of one language writes them."""

import datetime as dt
from dataclasses import dataclass

from babel import dates, numbers
from babel.core import Locale
from babel.units import format_unit

from domain import clock

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_TINY = 0.0005  # what three decimals would show as nothing
_MINUTE_S = 60
_HOUR_S = 3600
_DAY_S = 86_400


@dataclass(frozen=True)
class Formats:
    language: str

    @property
    def _locale(self) -> Locale:
        return Locale.parse(self.language)

    def number(self, value: float, decimals: int | None = None) -> str:
        """Grouped, with up to three decimals, or with exactly `decimals` of them; a learning rate
        is told as 1E-5.
        """
        if decimals is None and 0 < abs(value) < _TINY:
            return str(numbers.format_scientific(value, format="0.###E0", locale=self._locale))
        pattern = "#,##0.###" if decimals is None else f"#,##0.{'0' * decimals}".rstrip(".")
        return str(numbers.format_decimal(value, format=pattern, locale=self._locale))

    def percent(self, share: float, decimals: int = 0) -> str:
        pattern = f"#,##0.{'0' * decimals}".rstrip(".") + "%"
        return str(numbers.format_percent(share, format=pattern, locale=self._locale))

    def size(self, size_bytes: float) -> str:
        """In powers of 1000, as disks and file managers count."""
        value, unit = float(size_bytes), 0
        while abs(value) >= 1000 and unit < len(_UNITS) - 1:  # noqa: PLR2004 - what kilo means
            value, unit = value / 1000, unit + 1
        decimals = 1 if unit and abs(value) < 100 else 0  # noqa: PLR2004 - three digits say enough
        return f"{self.number(round(value, decimals))} {_UNITS[unit]}"

    def datetime(self, moment: dt.datetime) -> str:
        """In UTC and saying so: the server does not know where the reader is (js/times.js does). By
        a clock of 24 hours: for morning and evening Babel has English words in some languages.
        """
        day = self.date(moment.astimezone(dt.UTC))
        hour = dates.format_time(moment, "HH:mm:ss", tzinfo=dt.UTC, locale=self._locale)
        together = str(dates.get_datetime_format("medium", locale=self._locale))
        return together.format(f"{hour} UTC", day)

    def date(self, day: dt.date) -> str:
        return str(dates.format_date(day, "medium", locale=self._locale))

    def relative(self, moment: dt.datetime) -> str:
        """'3 minutes ago'."""
        apart = moment - clock.now()
        return str(dates.format_timedelta(apart, add_direction=True, locale=self._locale))

    def duration(self, seconds: float) -> str:
        """The two largest units: '2 min 5 s' tells more than '2.1 min'."""
        whole = round(seconds)
        if whole < _MINUTE_S:
            # A digit more below ten, where it matters.
            return self._unit(round(seconds, 1) if seconds < 10 else whole, "second")  # noqa: PLR2004 - the same
        for size_s, large, small_s, small in (
            (_DAY_S, "day", _HOUR_S, "hour"),
            (_HOUR_S, "hour", _MINUTE_S, "minute"),
            (_MINUTE_S, "minute", 1, "second"),
        ):
            if whole >= size_s:
                rest = whole % size_s // small_s
                first = self._unit(whole // size_s, large)
                return f"{first} {self._unit(rest, small)}" if rest else first
        return self._unit(whole, "second")

    def _unit(self, value: float, unit: str) -> str:
        return str(format_unit(value, f"duration-{unit}", length="short", locale=self._locale))
