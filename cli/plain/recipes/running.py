"""The plan's steps one after another. What a step made is kept in a folder under the digest of
everything it depends on. Run again, only what changed is computed; interrupted, the step at hand
goes on from what it saved.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.plain import computing, references
from cli.plain.recipes.computes import COMPUTES, OF_AN_INSTANCE, Compute
from domain.errors import Invalid
from domain.jobs import rules
from ml import digests, files
from ml.progress import Progress
from specs.inputs import Place, find_lacking, gather, list_places, locate
from specs.job import JobSpec
from specs.recipe import PlannedStep, Recipe, plan


@dataclass(frozen=True)
class Done:
    step: str
    spec: JobSpec
    result: dict[str, Any]
    folder: Path  # what it wrote
    digest: str  # of both: the input of the steps that follow
    was_known: bool  # from an earlier run


@dataclass(frozen=True, kw_only=True)
class Kitchen:
    """Where a recipe is carried out, and how."""

    folder: Path  # steps and their results
    seen_from: Path  # where relative paths of the recipe begin
    progress: Progress
    computes: Mapping[str, Compute]
    say: Callable[[str], None]


def run_recipe(
    recipe: Recipe,
    folder: Path,
    progress: Progress,
    *,
    seen_from: Path | None = None,
    computes: Mapping[str, Compute] = COMPUTES,
    say: Callable[[str], None] = lambda _sentence: None,
) -> list[Done]:
    """Carry the recipe out below `folder`. Raises what the first failing step raises."""
    kitchen = Kitchen(
        folder=folder,
        seen_from=seen_from or Path.cwd(),
        progress=progress,
        computes=computes,
        say=say,
    )
    done: dict[str, Done] = {}
    steps = plan(recipe)
    check(steps, kitchen.seen_from)
    for number, step in enumerate(steps, 1):
        before = {name: done[parent] for name, parent in step.parents.items()}
        done[step.name] = _run_step(kitchen, step, before, f"[{number}/{len(steps)}]")
    return list(done.values())


def check(steps: Sequence[PlannedStep], seen_from: Path) -> None:
    """That every step will find what it reads: better now than when hours were computed."""
    specs = {step.name: step.spec for step in steps}
    for step in steps:
        if step.spec.kind in OF_AN_INSTANCE:
            raise NeedsInstance(step.name, step.spec.kind)
        places = list_places(step.spec.inputs, step.spec, step.parents)
        for place in places:
            what, reference = place.input.what, place.reference
            if place.name in step.parents:
                parent = specs[step.parents[place.name]]
                locate(parent.kind, parent.makes, what, reference)
            elif reference:
                references.find(reference, what=what, folder=seen_from)
            elif place.input.required:
                raise InputMissing(step.name, step.spec.kind, place.name)
        lacking = find_lacking(step.spec.inputs, places)
        if lacking is not None:
            raise InputMissing(step.name, step.spec.kind, f"{lacking}-1")


def _run_step(kitchen: Kitchen, step: PlannedStep, before: Mapping[str, Done], place: str) -> Done:
    places = list_places(step.spec.inputs, step.spec, before)
    paths = _find_inputs(places, before, kitchen.seen_from)
    digested = {name: each.digest for name, each in before.items()} | {
        name: digests.of_path(path) for name, path in paths.items() if name not in before
    }
    kept = kitchen.folder / "steps" / _make_key(step.spec, digested)
    # A folder that is read may hold something else by now.
    was_known = step.spec.is_repeatable and (kept / "result.json").exists()
    kitchen.say(f"{place} {step.name}: {'known' if was_known else step.spec.label}")
    if not was_known:
        compute = kitchen.computes[step.spec.kind]
        inputs = gather(step.spec.inputs, places, paths)
        arguments = inputs | compute.more(step.spec, kitchen.seen_from)
        _compute(step.spec, kept, compute.function, kitchen.progress, arguments)
        shutil.rmtree(kept.with_suffix(".state"), ignore_errors=True)
    return _read(step, kept, was_known=was_known)


def _find_inputs(
    places: Sequence[Place], before: Mapping[str, Done], seen_from: Path
) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for place in places:
        what, reference = place.input.what, place.reference
        if place.name in before:
            made = before[place.name]
            inside = locate(made.spec.kind, made.spec.makes, what, reference)
            found[place.name] = made.folder / inside
        elif reference:
            found[place.name] = references.find(reference, what=what, folder=seen_from)
    return found


class NeedsInstance(Invalid):
    def __init__(self, step: str, kind: str) -> None:
        super().__init__(
            "Step '%(step)s' (%(kind)s) works on rows of an instance: launch it in the panel or "
            "with `ggez jobs run`.",
            step=step,
            kind=kind,
        )


class InputMissing(Invalid):
    def __init__(self, step: str, kind: str, name: str) -> None:
        super().__init__(
            "Step '%(step)s' (%(kind)s) needs '%(name)s': name a path, or under 'needs' a step "
            "that makes it.",
            step=step,
            kind=kind,
            name=name,
        )


def _make_key(spec: JobSpec, inputs: Mapping[str, str]) -> str:
    text = json.dumps([spec.kind, spec.digest(), inputs], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _compute(
    spec: JobSpec,
    kept: Path,
    function: str,
    progress: Progress,
    arguments: Mapping[str, Any],
) -> None:
    """Into a folder of another name, renamed when everything is there."""
    part, state = kept.with_suffix(".part"), kept.with_suffix(".state")
    shutil.rmtree(part, ignore_errors=True)
    out_dir = part / "out"
    out_dir.mkdir(parents=True)
    state.mkdir(parents=True, exist_ok=True)
    result = computing.call(
        function, spec, out_dir=out_dir, state_dir=state, progress=progress, **arguments
    )
    files.write_json(part / "result.json", result)
    files.sync_tree(part)
    shutil.rmtree(kept, ignore_errors=True)
    part.rename(kept)


def _read(step: PlannedStep, kept: Path, *, was_known: bool) -> Done:
    result = json.loads((kept / "result.json").read_text())
    out = kept / "out"
    written = [digests.of_folder(out)] if any(out.iterdir()) else []
    digest = rules.digest_result(result, written)
    return Done(step.name, step.spec, result, out, digest, was_known)
