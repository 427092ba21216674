"""What is written down about a merge: numbers for programs, a card for people."""

import hashlib
import importlib.metadata
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml import files
from ml.datasets.problems import shown
from ml.merging import outputs
from ml.merging.models import Model
from ml.merging.plan import Plan
from specs.merging.registry import MergeMethod

FORMAT_VERSION = 1

_CARD = """---
base_model: {base_as_json}
tags: [merge, ggez]
---
# {tuned}, beta {beta:g}

A merge of '{tuned}' into '{base}', from which it was tuned. {part} merged, by the method
*{method}*.

**beta = {beta:g}** is the share of the tuned model: 0 is the base, 1 the tuned model. The licences
of both apply. `merge.json` holds everything below for programs.

| | file | SHA-256 |
|---|---|---|
{sums}

Distance from the base: {norm:.6g} (root of the mean square {rms:.3g}).

| block | norm | root mean square |
|---|---:|---:|
{rows}
"""


@dataclass(frozen=True, kw_only=True)
class Merged:
    """Everything that is the same for all betas of a sweep."""

    method: MergeMethod
    base: Model
    tuned: Model
    base_name: str  # as people call it
    tuned_name: str
    digests: Mapping[Path, str]
    plan: Plan
    norms: Mapping[str, float]  # of what tuning changed, by tensor


def describe(merged: Merged, number: int, beta: float) -> dict[str, Any]:
    """merge.json of the merge with this beta, the one of this number in the sweep."""
    base = _describe_model(merged.base, merged.base_name, merged.digests)
    tuned = _describe_model(merged.tuned, merged.tuned_name, merged.digests)
    method = merged.method.model_dump(mode="json")
    key = json.dumps([FORMAT_VERSION, method, beta, base["files"], tuned["files"]], sort_keys=True)
    left_out = outputs.list_left_out(merged.base)
    return {
        "format_version": FORMAT_VERSION,
        "beta": beta,
        "method": method,
        # Of all that decides the weights: equal digests, equal weights.
        "digest": hashlib.sha256(key.encode()).hexdigest(),
        "component": merged.base.component or None,
        "dtypes": sorted({step.base.place.dtype for step in merged.plan.steps}),
        "base": base,
        "tuned": tuned,
        "difference": measure_difference(merged, number),
        "notes": [
            *merged.plan.notes,
            *_describe_own((merged.base, merged.tuned)),
            *(f"'{name}' was left out." for name in left_out),
        ],
        "versions": {name: importlib.metadata.version(name) for name in ("ggez", "torch")},
    }


def measure_difference(merged: Merged, number: int) -> dict[str, Any]:
    """How far this merge is from its base: norm, and root of the mean square, by block."""
    norms: dict[str, list[float]] = {}
    counts: dict[str, int] = {}
    for step in merged.plan.steps:
        if step.name in merged.norms:
            block = name_block(step.name)
            moved = abs(step.weights[number]) * merged.norms[step.name]
            norms.setdefault(block, []).append(moved)
            counts[block] = counts.get(block, 0) + step.base.num_values
    blocks = {block: _measure(math.hypot(*each), counts[block]) for block, each in norms.items()}
    whole = math.hypot(*(each["norm"] for each in blocks.values()))
    return {**_measure(whole, sum(counts.values())), "blocks": blocks}


def _measure(norm: float, count: int) -> dict[str, float]:
    return {"norm": norm, "rms": norm / math.sqrt(count) if count else 0.0}


def name_block(tensor: str) -> str:
    """'down_blocks.0.resnets.1.conv1.weight' -> 'down_blocks.0': down to the first number; what
    has none by its layer.
    """
    *parts, _ = tensor.split(".") if "." in tensor else (tensor, "")
    if parts[0].endswith("_block"):  # there is only one of it
        return parts[0]
    for place, part in enumerate(parts):
        if part.isdigit():
            return ".".join(parts[: place + 1])
    return ".".join(parts)


def _describe_model(model: Model, name: str, digests: Mapping[Path, str]) -> dict[str, Any]:
    return {
        "name": name,
        "family": model.layout.family,
        "files": [
            {"name": path.name, "size_bytes": path.stat().st_size, "sha256": digests[path]}
            for path in model.sources
        ],
    }


def _describe_own(models: Iterable[Model]) -> Iterator[str]:
    for model in models:
        if model.own is not None:
            yield (
                f"'{model.own.root.name}' is part of the weights of '{shown(model.name)}' and was "
                "added to them before they were mixed: no merge has it beside its weights."
            )


def write(folder: Path, facts: Mapping[str, Any], method_label: str) -> None:
    files.write_json(folder / outputs.RECIPE, facts)
    files.write_text(folder / outputs.CARD, write_card(facts, method_label))


def write_card(facts: Mapping[str, Any], method_label: str) -> str:
    base, tuned, difference = facts["base"], facts["tuned"], facts["difference"]
    part = f"Only its component `{facts['component']}` was" if facts["component"] else "It was"
    rows = [
        f"| {block} | {each['norm']:.6g} | {each['rms']:.3g} |"
        for block, each in difference["blocks"].items()
    ]
    sums = [
        f"| {role} | {file['name']} | `{file['sha256']}` |"
        for role, model in (("base", base), ("tuned", tuned))
        for file in model["files"]
    ]
    notes = [f"- {note}" for note in facts["notes"]]
    told = _CARD.format(
        tuned=tuned["name"],
        base=base["name"],
        base_as_json=json.dumps(base["name"], ensure_ascii=False),
        beta=facts["beta"],
        part=part,
        method=method_label,
        sums="\n".join(sums),
        norm=difference["norm"],
        rms=difference["rms"],
        rows="\n".join(rows),
    )
    return told + ("\nNotes:\n\n" + "\n".join(notes) + "\n" if notes else "")
