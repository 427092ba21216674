"""The 2x2 from two folders of scores: without retrieved passages, and with them.

Out come comparison.json and comparison.csv: cells and effects in per cent of right answers, ratios
as shares of the base without retrieval. The global ratio is what is kept: retention.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ml import files
from ml.benchmarks import tables, ties
from ml.benchmarks.answers import origins, scores
from ml.benchmarks.answers.scores import Scores
from ml.progress import Progress, word
from specs.kinds.answers.answers_compare import AnswersCompare
from stats.frontier import two_by_two
from stats.frontier.plane import Drawing
from stats.frontier.two_by_two import TwoByTwo

KINDS = ("cells", "effects", "ratios")


def compare(
    spec: AnswersCompare,
    *,
    plain: Path,
    retrieved: Path,
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - comparing takes seconds: there is nothing to go on from
    progress: Progress,
) -> dict[str, Any]:
    sides = {"plain": scores.read(plain), "retrieved": scores.read(retrieved)}
    scores.check_comparable(*sides.values())
    origins.check_alike(*((each.name, each.get_origin()) for each in sides.values()))
    base = sides["plain"].find_base(spec.base)
    roles = {"base": base, "adapted": sides["plain"].find_other(spec.adapted, base)}
    for variant in roles.values():
        scores.check_betas(sides["plain"], sides["retrieved"], variant)
    compared: list[dict[str, Any]] = []
    for scope in sides["plain"].scopes:
        progress.check()
        progress.update(len(compared), len(sides["plain"].scopes), unit=word("scopes"))
        compared.append(_compare_scope(spec, sides, roles, scope))
    facts = {
        "mode": sides["plain"].facts["mode"],
        "metric": sides["plain"].facts["metric"],
        "quiz": sides["plain"].facts["quiz"],
        **roles,
        "beta": sides["plain"].betas[roles["adapted"]],
        "drawn": ties.UNIT,
        "num_resamples": spec.num_resamples,
        "confidence": spec.confidence,
        "seed": spec.seed,
        "scopes": compared,
    }
    _write(out_dir, facts)
    return facts


def _compare_scope(
    spec: AnswersCompare, sides: Mapping[str, Scores], roles: Mapping[str, str], scope: str
) -> dict[str, Any]:
    values = {
        f"{role}_{side}": of_side.list_values(variant, scope)
        for role, variant in roles.items()
        for side, of_side in sides.items()
    }
    drawing = Drawing(num_resamples=spec.num_resamples, seed=spec.seed, confidence=spec.confidence)
    found = two_by_two.compare(values, scores.cluster(sides.values()), drawing)
    counted = {
        f"{role}_{side}": of_side.find_counts(variant, scope)
        for role, variant in roles.items()
        for side, of_side in sides.items()
    }
    return {"scope": scope, **_describe(found), "counted": counted}


def _describe(found: TwoByTwo) -> dict[str, Any]:
    estimates = {
        kind: {name: asdict(estimate) for name, estimate in getattr(found, kind).items()}
        for kind in KINDS
    }
    return {
        "num_questions": found.num_questions,
        "num_clusters": found.num_clusters,
        "num_left_out": found.num_left_out,
        **estimates,
    }


def _write(folder: Path, facts: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tables.write(
        folder / "comparison.csv",
        ("scope", "kind", "name", "value", "low", "high", "reason", "n_questions"),
        _list_rows(facts),
    )
    files.write_json(folder / "comparison.json", facts)


def _list_rows(facts: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for scope in facts["scopes"]:
        for kind in KINDS:
            for name, each in scope[kind].items():
                numbers = (each["value"], each["low"], each["high"])
                place = (scope["scope"], kind.removesuffix("s"), name)
                yield *place, *numbers, each["reason"], scope["num_questions"]
