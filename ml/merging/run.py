"""Merges a tuned model into its base for every beta of the specification, in one pass.

Writes a whole model per beta: DIR/beta-0.25 and so on, each with merge.json and a card. They appear
when all of them are complete. Knows nothing of who asked.
"""

import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ml import files
from ml.loading.speaking import learnt
from ml.merging import models, outputs, record, streaming
from ml.merging.fingerprints import Fingerprints, find_cache
from ml.merging.methods.registry import METHODS
from ml.merging.models import Model
from ml.merging.problems import CannotMerge
from ml.merging.record import Merged
from ml.progress import Progress
from specs.kinds.model.model_merge import ModelMerge, name_beta


def merge(
    spec: ModelMerge,
    *,
    base: Path,
    tuned: Path,
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - a merge that was stopped begins anew: it takes seconds
    progress: Progress,
) -> dict[str, Any]:
    method = spec.read_method()
    base_model = models.open_model(base, spec.component)
    tuned_model = models.open_model(tuned, spec.component)
    if base_model.is_adapter:
        raise CannotMerge(f"The base model '{base.name}' is a LoRA adapter, not a whole model.")
    models.check_families(base_model, tuned_model)
    plan = METHODS[spec.method](method, base_model, tuned_model, spec.betas)
    prints = Fingerprints(find_cache())
    paths = [path for model in (base_model, tuned_model) for path in model.sources]
    digests = prints.of_files(paths, progress)
    with _parts(out_dir, spec) as parts:
        outputs.check_room(out_dir, base_model, len(parts))
        targets = [outputs.lay_out(base_model, part) for part in parts]
        _carry_learnt(base_model, tuned_model, parts)
        norms = streaming.stream(plan, base_model.files, targets, progress)
        prints.check_unchanged()
        merged = Merged(
            method=method,
            base=base_model,
            tuned=tuned_model,
            base_name=_name(spec.base, base),
            tuned_name=_name(spec.tuned, tuned),
            digests=digests,
            plan=plan,
            norms=norms,
        )
        variants = [
            _finish(part, record.describe(merged, number, beta), method.label)
            for number, (part, beta) in enumerate(zip(parts, spec.betas, strict=True))
        ]
    return _summarise(spec, base_model, variants)


def _summarise(
    spec: ModelMerge, base: Model, variants: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    first = variants[0]
    return {
        "method": spec.method,
        "betas": list(spec.betas),
        "component": first["component"],
        "family": base.layout.family,
        "dtypes": first["dtypes"],
        "base": first["base"],
        "tuned": first["tuned"],
        "notes": first["notes"],
        "variants": [
            {
                "beta": each["beta"],
                "folder": name_beta(each["beta"]),
                "digest": each["digest"],
                "size_bytes": each["size_bytes"],
                "difference": each["difference"],
            }
            for each in variants
        ],
    }


def _carry_learnt(base: Model, tuned: Model, parts: Sequence[Path]) -> None:
    """A merge remembers what either was taught."""
    taught = learnt.read(base.path) | learnt.read(tuned.path)
    if taught:
        for part in parts:
            learnt.write(part, taught)


@contextmanager
def _parts(out_dir: Path, spec: ModelMerge) -> Iterator[list[Path]]:
    """Folders to fill, one per beta, which get their names together or vanish together."""
    out_dir.mkdir(parents=True, exist_ok=True)
    names = [name_beta(beta) for beta in spec.betas]
    for name in names:
        if (out_dir / name).exists():
            raise CannotMerge(f"'{out_dir / name}' is there already.")
    work = out_dir / f".merging-{secrets.token_hex(4)}"
    try:
        parts = [work / name for name in names]
        for part in parts:
            part.mkdir(parents=True)
        yield parts
        files.sync_tree(work)
        outputs.rename_all([(part, out_dir / part.name) for part in parts])
        files.sync(out_dir)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _finish(folder: Path, facts: dict[str, Any], label: str) -> dict[str, Any]:
    record.write(folder, facts, label)
    return {**facts, "size_bytes": outputs.measure(folder)}


def _name(reference: str, path: Path) -> str:
    """As people call the model; where on whose machine it lay is nobody's business."""
    return path.name if not reference or "/" in reference else reference
