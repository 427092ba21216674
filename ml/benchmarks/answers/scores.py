"""Reads what answers.score made, for comparisons question by question."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ml.benchmarks.answers import origins
from ml.benchmarks.answers.origins import Origin
from ml.benchmarks.materials import call, identify
from ml.benchmarks.problems import BenchmarkImpossible
from ml.benchmarks.ties import Tie, find_clusters
from stats import tables
from stats.answers.score import SCALE
from stats.tables import show

ITEMS, FACTS, ORIGIN = "items.csv", "scores.json", "origin"
_COLUMNS = ("variant", "beta", "scope", "item_id", "score", "group", "picture")


@dataclass(frozen=True, kw_only=True)
class Scores:
    name: str  # of the folder, as sentences call it
    facts: Mapping[str, Any]
    betas: Mapping[str, float | None]  # by variant
    # By variant and scope, of each question, in per cent.
    values: Mapping[tuple[str, str], Mapping[str, float]]
    ties: Mapping[str, Tie] = field(default_factory=dict)  # of each question

    @property
    def scopes(self) -> list[str]:
        return sorted({scope for _, scope in self.values})

    def get_origin(self) -> Origin:
        """How the answers came to be. Raises BenchmarkImpossible where that is not known."""
        told = self.facts.get(ORIGIN)
        if told is None:
            raise BenchmarkImpossible(
                f"'{self.name}' does not say which models answered, and how they were asked: there "
                f"was no {origins.FILE} beside the answers when they were scored, so nobody knows "
                "whether passages are all that differs."
            )
        try:
            return Origin.model_validate(told)
        except ValidationError as error:
            raise BenchmarkImpossible(
                f"{FACTS} in '{self.name}' does not say whole how its answers came to be."
            ) from error

    def find_base(self, wanted: str) -> str:
        """The variant of this name, that of beta 0, or the only one."""
        if wanted:
            return self.check(wanted)
        found = [variant for variant, beta in self.betas.items() if beta == 0]
        found = list(self.betas) if len(self.betas) == 1 else found
        if len(found) != 1:
            raise BenchmarkImpossible(
                f"'{self.name}' has {len(found)} variants of beta 0: name the base. Its variants "
                f"are: {self._list()}."
            )
        return found[0]

    def find_other(self, wanted: str, base: str) -> str:
        """The variant of this name, or the only one beside the base."""
        if wanted:
            return self.check(wanted)
        found = [variant for variant in self.betas if variant != base]
        if len(found) != 1:
            raise BenchmarkImpossible(
                f"'{self.name}' has {len(found)} variants beside '{show(base)}': name the adapted "
                f"one. Its variants are: {self._list()}."
            )
        return found[0]

    def list_values(self, variant: str, scope: str) -> Mapping[str, float]:
        self.check(variant)
        return self.values.get((variant, scope), {})

    def find_counts(self, variant: str, scope: str) -> Mapping[str, Any]:
        """What was counted apart."""
        entries: Sequence[Mapping[str, Any]] = self.facts["variants"]
        names = ("score", "of_answered", "n_refused", "n_unparsable", "gaps")
        found = next(
            (each for each in entries if (each["variant"], each["scope"]) == (variant, scope)), {}
        )
        return {name: found.get(name) for name in names}

    def check(self, variant: str) -> str:
        if variant not in self.betas:
            raise BenchmarkImpossible(
                f"'{self.name}' has no variant '{show(variant)}'; it has: {self._list()}."
            )
        return variant

    def _list(self) -> str:
        return ", ".join(map(show, self.betas))


def read(folder: Path) -> Scores:
    name = show(folder.name)
    facts = _read_facts(folder / FACTS, name)
    table = tables.read(folder / ITEMS, _COLUMNS)
    values: dict[tuple[str, str], dict[str, float]] = {}
    ties: dict[str, Tie] = {}
    for row in table.rows:
        key = (row.get("variant"), row.get("scope"))
        try:
            score = float(row.get("score"))
        except ValueError as error:
            raise BenchmarkImpossible(
                f"'{ITEMS}' in '{name}', line {row.line:,}: the score is no number."
            ) from error
        values.setdefault(key, {})[row.get("item_id")] = SCALE * score
        ties[row.get("item_id")] = (row.get("group"), row.get("picture"))
    betas = {each["variant"]: each["beta"] for each in facts["variants"]}
    return Scores(name=name, facts=facts, betas=betas, values=values, ties=ties)


def cluster(every: Iterable[Scores]) -> dict[str, str]:
    """Of each question of any of them, what it is drawn with."""
    return find_clusters({key: tie for each in every for key, tie in each.ties.items()})


def check_comparable(first: Scores, second: Scores) -> None:
    """Only what was asked and scored alike can be compared."""
    for name, what in (("mode", "scoring"), ("quiz", "quiz")):
        ours, theirs = first.facts[name], second.facts[name]
        if identify(ours) != identify(theirs):
            raise BenchmarkImpossible(
                f"'{first.name}' and '{second.name}' cannot be compared: the {what} of the one is "
                f"{call(ours)}, of the other {call(theirs)}."
            )


def check_betas(first: Scores, second: Scores, variant: str) -> None:
    """One name may stand for two merges."""
    ours, theirs = (each.betas[each.check(variant)] for each in (first, second))
    if ours != theirs:
        raise BenchmarkImpossible(
            f"'{first.name}' and '{second.name}' cannot be compared: the beta of '{show(variant)}' "
            f"in the one is {call(ours)}, in the other {call(theirs)}."
        )


def _read_facts(path: Path, name: str) -> Mapping[str, Any]:
    try:
        facts: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BenchmarkImpossible(
            f"'{name}' holds no scores of answers: there is no {FACTS} in it."
        ) from error
    except ValueError as error:
        raise BenchmarkImpossible(f"{FACTS} in '{name}' is not JSON.") from error
    if not isinstance(facts, dict) or not {"mode", "quiz", "variants", "metric"} <= set(facts):
        raise BenchmarkImpossible(f"{FACTS} in '{name}' is not of answers to a quiz.")
    return facts
