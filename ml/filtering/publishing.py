"""Writes what a filter found: shards, previews, dataset.json, funnel.json and the data card."""

import json
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

from ml.datasets import shards
from ml.filtering import card
from ml.filtering.parts import ShardSize
from ml.filtering.work import Filter

FORMAT_VERSION = 1
READER = "filter"
_VERSIONS = ("numpy", "pillow", "pyarrow")
_VERSIONS_OF_MODELS = ("torch", "transformers")


def publish(work: Filter, out_dir: Path, size: ShardSize) -> dict[str, Any]:
    out_dir.mkdir(parents=True, exist_ok=True)
    completes = [stage.complete for stage in work.stages.values()]

    def complete(position: int) -> dict[str, Any]:
        work.tools.progress.check()
        return {k: v for each in completes for k, v in each(position).items()}

    num_shards = work.parts.join_items(out_dir, size, complete)
    work.parts.join_rejected(work.point.num_rejected_parts, out_dir, size)
    shards.join_problems([], out_dir / "problems.parquet")
    sample = work.sample.in_order()
    rejected = work.rejected_sample.in_order(work.names)
    _place(work.previews, out_dir / "previews", [each["preview"] for each in sample])
    _place(
        work.rejected_previews,
        out_dir / "rejected-previews",
        [each["preview"] for each in rejected if each["preview"]],
    )
    facts = _describe(work, sample, rejected, num_shards)
    _write(out_dir / "dataset.json", json.dumps(facts, ensure_ascii=False, indent=1))
    funnel = {"funnel": facts["funnel"], "digest": facts["digest"], "stages": facts["stages"]}
    _write(out_dir / "funnel.json", json.dumps(funnel, ensure_ascii=False, indent=1))
    _write(out_dir / "card.md", card.write(facts))
    return facts


def _describe(
    work: Filter, sample: list[dict[str, Any]], rejected: list[dict[str, Any]], num_shards: int
) -> dict[str, Any]:
    models = [dict(model) for stage in work.stages.values() for model in stage.models]
    reports = {k: v for stage in work.stages.values() for k, v in stage.report().items()}
    counts = work.counts
    return {
        "format_version": FORMAT_VERSION,
        "name": work.spec.name,
        "source": work.spec.dataset or work.source.name,
        "source_name": work.source.name,
        "source_digest": work.source.digest,
        "reader": READER,
        "region": work.spec.region,
        "licence": work.source.licence,
        "digest": work.digest.hex(),
        "num_items": counts.num_items,
        "num_problems": 0,
        "num_left_out": 0,
        "num_rejected": work.funnel.num_rejected,
        "size_bytes": counts.size_bytes,
        "num_shards": num_shards,
        "counts": counts.sorted(),
        "funnel": work.funnel.in_order(),
        "stages": [stage.model_dump(mode="json") for stage in work.spec.stages],
        "models": [model for n, model in enumerate(models) if model not in models[:n]],
        **reports,
        "notes": [
            *work.source.notes,
            *(n for stage in work.stages.values() for n in stage.notes()),
        ],
        "sample": sample,
        "rejected_sample": rejected,
        "versions": _list_versions(with_models=bool(models)),
    }


def _list_versions(*, with_models: bool) -> dict[str, str]:
    names = (*_VERSIONS, *(_VERSIONS_OF_MODELS if with_models else ()))
    return {name: metadata.version(name) for name in names}


def _place(from_folder: Path, folder: Path, names: list[str]) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        shutil.copyfile(from_folder / name, folder / name)


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
