"""A recipe in one process, without database, queue or web: the plan's steps one after another.

What a step made is kept in a folder under the digest of everything it depends on. Run again, only
what changed is computed; interrupted, the step at hand goes on from what it saved.
"""

import hashlib
import importlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.jobs import rules
from ml import digests
from ml.progress import Progress
from specs.job import JobSpec
from specs.recipe import PlannedStep, Recipe, plan

Results = Mapping[str, dict[str, Any]]


@dataclass(frozen=True)
class Compute:
    """How to call a kind's function from here."""

    function: str  # 'module:function', the same as the workers'
    # From the specification and the results of the steps before, by the names it gave them.
    arguments: Callable[[Any, Results], dict[str, Any]] = lambda _spec, _results: {}


COMPUTES: Mapping[str, Compute] = {
    "dataset.import": Compute(
        "ml.importing.dataset:import_dataset",
        # Whoever sits at the terminal may read what the account may read.
        lambda spec, _results: {"path": str(Path(spec.source).resolve())},
    ),
    "system.check": Compute("ml.checking.machine:check_machine"),
}


@dataclass(frozen=True)
class Done:
    step: str
    result: dict[str, Any]
    folder: Path  # what it wrote
    digest: str  # of both: the input of the steps that follow
    was_known: bool  # from an earlier run


def run_recipe(
    recipe: Recipe,
    folder: Path,
    progress: Progress,
    *,
    computes: Mapping[str, Compute] = COMPUTES,
    say: Callable[[str], None] = lambda _sentence: None,
) -> list[Done]:
    """Carry the recipe out below `folder`. Raises what the first failing step raises."""
    done: dict[str, Done] = {}
    steps = plan(recipe)
    for number, step in enumerate(steps, 1):
        before = {name: done[parent] for name, parent in step.parents.items()}
        key = _make_key(step.spec, {name: each.digest for name, each in before.items()})
        kept = folder / "steps" / key
        # A folder that is read may hold something else by now.
        was_known = step.spec.is_repeatable and (kept / "result.json").exists()
        say(f"[{number}/{len(steps)}] {step.name}: {'known' if was_known else step.spec.label}")
        if not was_known:
            results = {name: each.result for name, each in before.items()}
            _compute(step, results, kept, progress, computes[step.spec.kind])
            shutil.rmtree(kept.with_suffix(".state"), ignore_errors=True)
        done[step.name] = _read(step.name, kept, was_known=was_known)
    return list(done.values())


def _make_key(spec: JobSpec, inputs: Mapping[str, str]) -> str:
    text = json.dumps([spec.kind, spec.digest(), inputs], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _compute(
    step: PlannedStep, results: Results, kept: Path, progress: Progress, compute: Compute
) -> None:
    """Into a folder of another name, renamed when everything is there."""
    part, state = kept.with_suffix(".part"), kept.with_suffix(".state")
    shutil.rmtree(part, ignore_errors=True)
    out_dir = part / "out"
    out_dir.mkdir(parents=True)
    state.mkdir(parents=True, exist_ok=True)
    module, _, name = compute.function.partition(":")
    result = getattr(importlib.import_module(module), name)(
        step.spec,
        out_dir=out_dir,
        state_dir=state,
        progress=progress,
        **compute.arguments(step.spec, results),
    )
    (part / "result.json").write_text(json.dumps(result, allow_nan=False, indent=2))
    shutil.rmtree(kept, ignore_errors=True)
    part.rename(kept)


def _read(step: str, kept: Path, *, was_known: bool) -> Done:
    result = json.loads((kept / "result.json").read_text())
    out = kept / "out"
    files = [digests.of_folder(out)] if any(out.iterdir()) else []
    digest = rules.digest_result(result, files)
    return Done(step, result, out, digest, was_known)
