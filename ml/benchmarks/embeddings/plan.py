"""What a method makes of its material before anything is embedded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ml.benchmarks.embeddings.phrases import Phrase
from ml.benchmarks.embeddings.sources import Source
from ml.benchmarks.embeddings.vectors import Found
from ml.benchmarks.tally import Measured, Scored
from ml.benchmarks.ties import Tie


@dataclass(frozen=True, kw_only=True)
class Table:
    """Of all variants, for people and for other programs."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[object]]


class Plan(Protocol):
    @property
    def mode(self) -> str:
        """Scores of different modes are not comparable."""

    @property
    def metric(self) -> str: ...
    @property
    def source(self) -> Source: ...
    @property
    def pictures(self) -> Sequence[str]:
        """By their digests."""

    @property
    def phrases(self) -> Sequence[Phrase]: ...
    @property
    def ties(self) -> Mapping[str, Tie]:
        """Of each item that is scored: those that share one are drawn together."""

    def measure(self, found: Found) -> Mapping[str, Scored]:
        """By scope."""

    def describe(self) -> Mapping[str, Any]:
        """What was asked, and what was left out, in numbers."""

    def list_notes(self) -> Sequence[str]:
        """What a reader of the scores must know."""

    def list_tables(self, measured: Sequence[Measured]) -> Sequence[Table]: ...
