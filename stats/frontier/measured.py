"""What was measured of several variants, prompt by prompt: scores of a benchmark or of people.

Legend of shapes: v variants, p prompts, n ratings.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from stats import tables
from stats.frontier import ties as ties_of
from stats.frontier.scales import Scope, ScoresWrong
from stats.frontier.ties import Tie
from stats.labels import Codes, Labelled, Mask, Numbers, connect, encode
from stats.tables import Row, Table, TableUnreadable, show

SCORES = ("variant", "beta")
PROMPT_NAMES = ("prompt", "item_id")  # the second as `ggez bench run` writes it in items.csv
VALUE_NAMES = ("value", "score")
RATINGS = ("arm", "prompt", "rater", "value")


@dataclass(frozen=True, kw_only=True)
class Raw:
    """The ratings behind the values, for intervals that know of raters."""

    value_n: Numbers
    variant: Labelled
    prompt: Labelled
    rater: Labelled

    def select(self, chosen_n: Mask) -> "Raw":
        return Raw(
            value_n=self.value_n[chosen_n],
            variant=self.variant.select(chosen_n),
            prompt=self.prompt.select(chosen_n),
            rater=self.rater.select(chosen_n),
        )


@dataclass(frozen=True, kw_only=True)
class Measured:
    what: str  # the benchmark and its mode, or the criterion
    variants: tuple[str, ...]
    prompts: tuple[str, ...]
    values_vp: Numbers  # not a number where a variant has nothing of a prompt
    betas: Mapping[str, float]  # of the variants that have one
    raw: Raw | None = None
    ties: tuple[Tie, ...] | None = None  # of each prompt; none where each stands alone

    @cached_property
    def clusters_p(self) -> Codes | None:
        """What is drawn together, as independent prompts would make intervals too narrow."""
        return connect(*zip(*self.ties, strict=True)) if self.ties else None

    @cached_property
    def num_clusters(self) -> int:
        clusters_p = self.clusters_p
        return len(self.prompts) if clusters_p is None else len(np.unique(clusters_p))

    def keep(self, variants: Sequence[str], prompts: Mask) -> "Measured":
        """These variants in this order, and the prompts chosen."""
        places = [self.variants.index(name) for name in variants]
        kept = np.flatnonzero(prompts)
        names = tuple(self.prompts[place] for place in kept)
        return Measured(
            what=self.what,
            variants=tuple(variants),
            prompts=names,
            values_vp=self.values_vp[places][:, prompts],
            betas=self.betas,
            raw=None if self.raw is None else _keep_raw(self.raw, variants, names),
            ties=None if self.ties is None else tuple(self.ties[place] for place in kept),
        )


def _keep_raw(raw: Raw, variants: Sequence[str], prompts: Sequence[str]) -> Raw:
    of_variant = np.isin(np.array(raw.variant.labels)[raw.variant.codes_n], list(variants))
    of_prompt = np.isin(np.array(raw.prompt.labels)[raw.prompt.codes_n], list(prompts))
    return raw.select(of_variant & of_prompt)


def read_global(path: Path, chosen: Mapping[str, str | None]) -> Measured:
    """A row for each variant and prompt. `chosen`: of the columns that narrow it, which one."""
    return _from_scores(tables.read(path, SCORES), "global", chosen)


def read_regional(path: Path, chosen: Mapping[str, str | None]) -> Measured:
    """Ratings by people, or a file of scores; `chosen` as above."""
    if "arm" in tables.read(path, ()).columns:
        return _from_ratings(tables.read(path, RATINGS), chosen)
    return _from_scores(tables.read(path, SCORES), "regional", chosen)


def _from_scores(table: Table, scope: Scope, chosen: Mapping[str, str | None]) -> Measured:
    """A file may hold both scopes; then only the rows of this one count."""
    if "scope" in table.columns:
        chosen = {"scope": scope, **chosen}
    rows, what = _narrow(table, chosen)
    prompt_name, value_name = (_choose_name(table, names) for names in (PROMPT_NAMES, VALUE_NAMES))
    values: dict[str, dict[str, float]] = {}
    betas: dict[str, float] = {}
    ties: dict[str, Tie] = {}
    for row in rows:
        where = f"'{table.name}', line {row.line:,}"
        variant, prompt = _read_name(row, "variant", where), _read_name(row, prompt_name, where)
        beta = _read_number(row, "beta", where)
        if betas.setdefault(variant, beta) != beta or not 0 <= beta <= 1:
            raise TableUnreadable(
                f"{where}: '{show(variant)}' has one beta, from 0 to 1, not {beta:g}."
            )
        of_variant = values.setdefault(variant, {})
        if prompt in of_variant:
            raise TableUnreadable(
                f"{where}: '{show(variant)}' has a value of prompt '{show(prompt)}' already."
            )
        of_variant[prompt] = _read_number(row, value_name, where)
        _note_tie(ties, prompt, ties_of.read(row), where)
    prompts = sorted({prompt for of_variant in values.values() for prompt in of_variant})
    values_vp = np.array(
        [[of_variant.get(prompt, math.nan) for prompt in prompts] for of_variant in values.values()]
    )
    return Measured(
        what=what,
        variants=tuple(values),
        prompts=tuple(prompts),
        values_vp=values_vp,
        betas=betas,
        ties=ties_of.choose([ties[prompt] for prompt in prompts]),
    )


def _note_tie(ties: dict[str, Tie], prompt: str, tie: Tie, where: str) -> None:
    if ties.setdefault(prompt, tie) != tie:
        raise TableUnreadable(
            f"{where}: '{show(prompt)}' is of another {' or '.join(ties_of.COLUMNS)} than above."
        )


def _from_ratings(table: Table, chosen: Mapping[str, str | None]) -> Measured:
    rows, what = _narrow(table, chosen)
    rows = [row for row in rows if row.get("value")]
    if not rows:
        raise TableUnreadable(f"'{table.name}' holds no ratings with a value.")
    places = [f"'{table.name}', line {row.line:,}" for row in rows]
    return from_ratings(
        Raw(
            value_n=np.array(
                [_read_number(row, "value", at) for row, at in zip(rows, places, strict=True)]
            ),
            variant=_read_labels(rows, "arm", places),
            prompt=_read_labels(rows, "prompt", places),
            rater=_read_labels(rows, "rater", places),
        ),
        what,
    )


def from_ratings(raw: Raw, what: str) -> Measured:
    """Each value is the mean of what people gave a variant on a prompt."""
    shape = (len(raw.variant.labels), len(raw.prompt.labels))
    cell_n: Codes = raw.variant.codes_n * shape[1] + raw.prompt.codes_n
    counts = np.bincount(cell_n, minlength=shape[0] * shape[1])
    sums = np.bincount(cell_n, weights=raw.value_n, minlength=shape[0] * shape[1])
    means = np.divide(sums, counts, out=np.full(len(sums), math.nan), where=counts > 0)
    return Measured(
        what=what,
        variants=raw.variant.labels,
        prompts=raw.prompt.labels,
        values_vp=means.reshape(shape),
        betas={},
        raw=raw,
    )


def _narrow(table: Table, chosen: Mapping[str, str | None]) -> tuple[list[Row], str]:
    """The rows of one benchmark and mode, or criterion: never a mixture of several."""
    rows, what = list(table.rows), []
    for column, wanted in chosen.items():
        if column not in table.columns:
            if wanted is not None:
                raise ScoresWrong(f"'{table.name}' has no column '{column}'.")
            continue
        there = sorted({row.get(column) for row in rows})
        if wanted is None and len(there) > 1:
            told = ", ".join(f"'{show(each)}'" for each in there)
            raise ScoresWrong(f"'{table.name}' has several of {column} ({told}): choose one.")
        kept = there[0] if wanted is None and there else wanted
        rows = [row for row in rows if row.get(column) == kept]
        what.append(f"{column} '{kept}'")
        if not rows:
            raise ScoresWrong(f"'{table.name}' has nothing of {column} '{show(str(kept))}'.")
    if not rows:
        raise TableUnreadable(f"'{table.name}' holds no rows.")
    return rows, ", ".join(what)


def _choose_name(table: Table, names: Sequence[str]) -> str:
    found = [name for name in names if name in table.columns]
    if not found:
        told = " or ".join(f"'{name}'" for name in names)
        raise TableUnreadable(f"'{table.name}' lacks the column {told}.")
    return found[0]


def _read_labels(rows: Sequence[Row], column: str, places: Sequence[str]) -> Labelled:
    return encode([_read_name(row, column, where) for row, where in zip(rows, places, strict=True)])


def _read_name(row: Row, column: str, where: str) -> str:
    name = row.get(column)
    if not name:
        raise TableUnreadable(f"{where}: the {column} is empty.")
    return name


def _read_number(row: Row, column: str, where: str) -> float:
    try:
        number = float(row.get(column))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise TableUnreadable(f"{where}: the {column} '{show(row.get(column))}' is no number.")
    return number
