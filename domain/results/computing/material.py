"""Everything that a report is computed from; once it is gathered no database is needed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from domain.results.computing import columns
from domain.results.computing.columns import Columns
from domain.results.fetching import Given
from domain.results.global_quality import Scored
from domain.results.report import Report


@dataclass(frozen=True, kw_only=True)
class Known:
    """A value where something was known before: what the rater said the first time of the same
    item, or what is right.
    """

    rater: str
    criterion: str
    value: int
    accepted: tuple[int, ...]
    is_repeat: bool

    @property
    def is_met(self) -> bool:
        return self.value in self.accepted


@dataclass(frozen=True, kw_only=True)
class Material:
    header: Report  # without figures
    table: Columns
    levels: Mapping[str, tuple[float, ...]]  # criterion -> its scale
    known: tuple[Known, ...] = ()
    active_ms: tuple[tuple[str, int], ...] = ()  # rater and time, once for each rating
    scores: Scored | None = None  # of a benchmark
    alpha: float | None = None  # the region's weight of global quality

    @classmethod
    def of(
        cls,
        header: Report,
        counting: Iterable[Given],
        controls: Iterable[Given],
        scores: Scored | None = None,
        alpha: float | None = None,
    ) -> Self:
        given = list(counting)
        times = {(each.rater, each.item.id): each.active_ms for each in given}
        return cls(
            header=header,
            levels={
                each.key: columns.list_levels(header.design, each)
                for each in header.design.criteria
            },
            table=columns.make(header.design.form, given, is_sealed=header.is_sealed),
            known=tuple(_list_known(given, controls)),
            active_ms=tuple((rater, active_ms) for (rater, _), active_ms in times.items()),
            scores=scores,
            alpha=alpha,
        )


def _list_known(given: Iterable[Given], controls: Iterable[Given]) -> Iterator[Known]:
    first = {(each.item.id, each.rater, each.criterion, each.slot): each.value for each in given}
    for each in controls:
        item = each.item
        if item.original_id is not None:
            before = first.get((item.original_id, each.rater, each.criterion, each.slot))
            accepted: tuple[int, ...] = () if before is None else (before,)
        else:
            accepted = tuple((item.expected or {}).get(each.criterion, ()))
        if accepted:
            yield Known(
                rater=each.rater,
                criterion=each.criterion,
                value=each.value,
                accepted=accepted,
                is_repeat=item.original_id is not None,
            )
