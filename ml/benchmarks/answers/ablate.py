"""The data ablation from folders of scores: what each addition did, in one table.

Out come ablation.json and ablation.csv, in per cent of right answers and in points.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ml import files
from ml.benchmarks import tables, ties
from ml.benchmarks.answers import scores
from ml.benchmarks.answers.scores import Scores
from ml.benchmarks.problems import BenchmarkImpossible
from ml.progress import Progress, word
from specs.kinds.answers.answers_ablate import BASE, AnswersAblate
from stats.frontier import ablation
from stats.frontier.ablation import Ablation, Run
from stats.frontier.plane import Drawing

_ESTIMATES = ("mean", "to_base", "to_before")


def ablate(
    spec: AnswersAblate,
    *,
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - comparing takes seconds: there is nothing to go on from
    progress: Progress,
    base: Path,
    taught: Sequence[Path],
) -> dict[str, Any]:
    of_taught = [scores.read(path) for path in taught]
    labels, against = _name_runs(spec, len(of_taught))
    of_base = scores.read(base)
    for each in of_taught:
        scores.check_comparable(of_base, each)
    every = [of_base, *of_taught]
    variants = [of_base.find_base(""), *(_choose_variant(each, spec.variant) for each in of_taught)]
    drawing = Drawing(num_resamples=spec.num_resamples, seed=spec.seed, confidence=spec.confidence)
    clusters = scores.cluster(every)
    compared: list[dict[str, Any]] = []
    for scope in of_base.scopes:
        progress.check()
        progress.update(len(compared), len(of_base.scopes), unit=word("scopes"))
        values = [one.list_values(name, scope) for one, name in zip(every, variants, strict=True)]
        runs = [
            Run(label=label, values=value, against=before)
            for label, value, before in zip(labels, values, against, strict=True)
        ]
        compared.append({"scope": scope, **_describe(ablation.compare(runs, clusters, drawing))})
    facts = {
        "mode": of_base.facts["mode"],
        "metric": of_base.facts["metric"],
        "quiz": of_base.facts["quiz"],
        "variants": dict(zip(labels, variants, strict=True)),
        "drawn": ties.UNIT,
        "num_resamples": spec.num_resamples,
        "confidence": spec.confidence,
        "seed": spec.seed,
        "scopes": compared,
    }
    _write(out_dir, facts)
    return facts


def _name_runs(spec: AnswersAblate, num_runs: int) -> tuple[list[str], list[int]]:
    """Labels and what is added to what, the base first."""
    labels = spec.labels or tuple(str(number) for number in range(1, num_runs + 1))
    against = spec.against or (0,) * num_runs
    for what, given in (("labels", labels), ("numbers of what is added to", against)):
        if len(given) != num_runs:
            raise BenchmarkImpossible(f"There are {num_runs} scores and {len(given)} {what}.")
    return [BASE, *labels], [0, *against]


def _choose_variant(taught: Scores, wanted: str) -> str:
    """That of this name, the only one, or the taught model itself: beta 1."""
    if wanted:
        return taught.find_other(wanted, "")
    whole = [variant for variant, beta in taught.betas.items() if beta == 1]
    return whole[0] if len(whole) == 1 else taught.find_other("", "")


def _describe(found: Ablation) -> dict[str, Any]:
    return {
        "num_questions": found.num_questions,
        "num_clusters": found.num_clusters,
        "num_left_out": found.num_left_out,
        "base": asdict(found.base),
        "rows": [asdict(row) for row in found.rows],
    }


def _write(folder: Path, facts: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [f"{name}{end}" for name in _ESTIMATES for end in ("", "_low", "_high")]
    tables.write(
        folder / "ablation.csv",
        ("scope", "label", "against", *numbers, "verdict", "n_questions"),
        (line for scope in facts["scopes"] for line in _list_lines(scope)),
    )
    files.write_json(folder / "ablation.json", facts)


def _list_lines(scope: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    last = scope["num_questions"]
    base = scope["base"]
    empty = [""] * (3 * (len(_ESTIMATES) - 1))
    yield (scope["scope"], BASE, "", base["value"], base["low"], base["high"], *empty, "", last)
    for row in scope["rows"]:
        values = [row[name][end] for name in _ESTIMATES for end in ("value", "low", "high")]
        yield (scope["scope"], row["label"], row["against"], *values, row["verdict"], last)
