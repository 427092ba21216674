"""What a study found, as values: the one source of its page, its PDF and its files.

Statistics stand here as `stats` gives them, in the very shape in which `ggez agreement --json` and
its siblings print them. Imports nothing but the standard library and stats: `reports` reads it.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

SHAPE = 1  # of the JSON: reports.files reads no other

Facts = Mapping[str, Any]  # as stats prints them
Texts = Mapping[str, str]  # language -> text; study content, in any script
Who = Literal["people", "simulated"]


@dataclass(frozen=True, kw_only=True)
class Arm:
    name: str
    beta: float | None = None  # share of regional weights, of a merge
    is_baseline: bool = False


@dataclass(frozen=True, kw_only=True)
class Criterion:
    key: str
    levels: int | None  # of pairs and ranks there are none
    names: Texts = field(default_factory=dict)
    anchors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # language -> from 1 up


@dataclass(frozen=True, kw_only=True)
class Design:
    form: Literal["likert", "pair", "rank"]
    medium: Literal["picture", "answer"] | None  # None: a plain table does not tell
    criteria: tuple[Criterion, ...]
    arms: tuple[Arm, ...]
    strata: Mapping[str, Texts]
    region: Texts
    num_prompts: int
    ratings_per_item: int | None

    @property
    def baseline(self) -> str | None:
        return next((arm.name for arm in self.arms if arm.is_baseline), None)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What was planned before anybody rated."""

    primary_criterion: str
    comparison: str
    minimum_effect: float
    significance_level: float
    exclusions: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """Somebody opened effects by arm before the study closed."""

    at: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class History:
    opened_at: str | None = None
    closed_at: str | None = None
    registration: Registration | None = None
    registration_sha256: str | None = None
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Covered:
    stratum: str
    country: str
    num_items: int
    num_wanted: int
    num_primary: int


@dataclass(frozen=True, kw_only=True)
class Counted:
    key: str
    num: int


@dataclass(frozen=True, kw_only=True)
class Left:
    """Ratings that no figure is computed from, by the rule that left them out."""

    rule: str  # domain.results.rules.LEFT_OUT says each in words
    num_ratings: int
    num_raters: int


@dataclass(frozen=True, kw_only=True)
class Raters:
    num: int
    by_country: tuple[Counted, ...] = ()
    by_language: tuple[Counted, ...] = ()
    in_region: tuple[Counted, ...] = ()  # yes, no, unknown
    num_withdrawn: int = 0


@dataclass(frozen=True, kw_only=True)
class Report:
    title: str
    made_on: str  # a date, given: the same inputs give the same bytes
    who: Who
    is_sealed: bool  # then nothing here is by arm
    design: Design
    history: History
    coverage: tuple[Covered, ...]
    raters: Raters
    left_out: tuple[Left, ...]
    agreement: Facts  # stats.agreement: criterion -> facts, pooled over arms
    rater_rows: tuple[Facts, ...] = ()  # stats.agreement.raters, by pseudonym
    items: tuple[Facts, ...] = ()  # those that raters disagree about most, first
    effects: Facts | None = None  # stats.effects; of a likert study, once it is open
    preferences: Facts | None = None  # stats.preferences; of pairs and ranks
    frontier: Facts | None = None  # stats.frontier.evidence; where a benchmark stands beside
    is_alpha_chosen: bool = False  # GRP's weight is somebody's choice, not the region's
    app_version: str = ""
    last_rating: str | None = None  # id of the newest that counted

    def to_json(self) -> dict[str, Any]:
        return {"shape": SHAPE, **dataclasses.asdict(self)}

    def get_primary(self) -> Criterion | None:
        """The criterion that the study is judged by: the registered one, else the first."""
        registered = self.history.registration
        named = [
            each
            for each in self.design.criteria
            if registered is not None and each.key == registered.primary_criterion
        ]
        return next(iter((*named, *self.design.criteria)), None)

    @property
    def date(self) -> dt.date:
        return dt.date.fromisoformat(self.made_on)
