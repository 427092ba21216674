"""Scores replies per variant and scope, and compares variants with the base over the same items."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from ml.benchmarks.judging import Asked, Reply
from ml.benchmarks.outputs import Picture
from stats.effects import paired_bootstrap
from stats.labels import Codes
from stats.scoring.answers import AnswerSet
from stats.scoring.questions import QuestionSet
from stats.scoring.score import score


class Scored(Protocol):
    """Of pictures or of answers."""

    @property
    def items(self) -> Mapping[str, float]: ...
    @property
    def score(self) -> float | None: ...
    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Measured:
    variant: str
    beta: float | None
    scope: str
    scored: Scored

    def to_json(self) -> dict[str, Any]:
        place = {"variant": self.variant, "beta": self.beta, "scope": self.scope}
        return place | self.scored.to_json()


def measure(
    questions: QuestionSet,
    pictures: Sequence[Picture],
    scopes: Mapping[str, str],
    replies: Mapping[tuple[str, str, int, str], Reply],
    mode: str,
) -> list[Measured]:
    """`scopes`: of each item that has a picture. `replies`: by variant, item, question, crop."""
    betas = {picture.variant: picture.beta for picture in pictures}
    return [
        Measured(
            variant=variant,
            beta=beta,
            scope=scope,
            scored=score(
                questions.select({item for item, own in scopes.items() if own == scope}),
                AnswerSet(_pick(replies, variant, scope, scopes)),
                mode,
            ),
        )
        for scope in sorted(set(scopes.values()))
        for variant, beta in betas.items()
    ]


def _pick(
    replies: Mapping[tuple[str, str, int, str], Reply],
    variant: str,
    scope: str,
    scopes: Mapping[str, str],
) -> dict[tuple[str, int, str], bool | None]:
    return {
        (item, number, crop): reply.answer
        for (of, item, number, crop), reply in replies.items()
        if of == variant and scopes[item] == scope
    }


def compare(
    measured: Sequence[Measured], groups: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Per scope: every variant against the one of beta 0, over items that all could be scored on.
    Nothing where there is not exactly one of beta 0. `groups`: of each item, what it is drawn
    together with.
    """
    found = []
    for scope in sorted({each.scope for each in measured}):
        of_scope = [each for each in measured if each.scope == scope]
        bases = [number for number, each in enumerate(of_scope) if each.beta == 0]
        if len(bases) != 1 or len(of_scope) == 1:
            continue
        values_vp, items = paired_bootstrap.stack([dict(each.scored.items) for each in of_scope])
        clusters_p = _cluster(items, groups)
        effects = paired_bootstrap.compare(values_vp, clusters_p=clusters_p, baseline=bases[0])
        facts = {name: value for name, value in asdict(effects).items() if name != "of_variants"}
        found += [
            {"variant": each.variant, "beta": each.beta, "scope": scope}
            | {"base": of_scope[bases[0]].variant}
            | asdict(effect)
            | facts
            for each, effect in zip(of_scope, effects.of_variants, strict=True)
            if each.beta != 0
        ]
    return found


def _cluster(items: Sequence[str], groups: Mapping[str, str] | None) -> Codes | None:
    if groups is None:
        return None
    return paired_bootstrap.number_clusters([groups[item] for item in items])


def key_of(asked: Asked) -> tuple[str, str, int, str]:
    return asked.variant, asked.item_id, asked.proposition_id, asked.crop
