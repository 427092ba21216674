"""Filters a data set: rows pass the stages in batches, in order; each is kept or has a reason.

Memory is flat: a few batches are held, one of which is judged while the next are decoded. Out come
items-*.parquet with the columns that stages add, rejected-*.parquet, previews of both,
dataset.json, funnel.json and card.md. Knows nothing of who asked.
"""

import hashlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ml.datasets import pictures
from ml.datasets.source import fingerprint
from ml.filtering import publishing, reading
from ml.filtering.parts import ShardSize
from ml.filtering.problems import UnfitFilter
from ml.filtering.reading import Reading
from ml.filtering.stage import Tools
from ml.filtering.work import Filter
from ml.progress import Progress
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.region import Region


@dataclass(frozen=True, kw_only=True)
class Sizes:
    part_rows: int = 2048  # that are read between two checkpoints
    part_s: float = 60.0  # or what passes between them: a model that writes takes seconds for a row
    shard: ShardSize = field(default_factory=ShardSize)


def filter_dataset(
    spec: DatasetFilter,
    *,
    dataset: Path,
    region: Region | Mapping[str, Any] | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
    sizes: Sizes | None = None,
    **given: Path | None,
) -> dict[str, Any]:
    """`dataset` is an imported data set, or a source in any format that can be imported. `given`
    are the other inputs of the specification, by name.
    """
    sizes = sizes or Sizes()
    _check_given(spec, given)
    source = reading.open_reading(Path(dataset), spec)
    state_dir.mkdir(parents=True, exist_ok=True)
    tools = Tools(
        spec=spec,
        region=Region.model_validate(region) if region is not None else None,
        state_dir=state_dir,
        progress=progress,
        licence=source.licence,
        given={name: path for name, path in given.items() if path is not None},
    )
    work = Filter(tools, source, _name_work(tools, source))
    with pictures.pillow_settings(), closing(work):
        work.run(sizes.part_rows, sizes.part_s)
        return publishing.publish(work, out_dir, sizes.shard)


def _check_given(spec: DatasetFilter, given: Mapping[str, Path | None]) -> None:
    known = {each.name for each in spec.inputs}
    for name, path in given.items():
        if name not in known:
            raise UnfitFilter(f"'{name}' is no input of a filter.")
        if path is not None and not path.exists():
            raise UnfitFilter(f"There is no file or folder '{path}' ({name}).")
    for name, stage in spec.list_needed().items():
        if given.get(name) is None:
            raise UnfitFilter(f"The stage '{stage}' needs '{name}'; none was given.")


def _name_work(tools: Tools, source: Reading) -> str:
    """Changes when anything does that the result depends on."""
    facts = [source.mark, tools.spec.digest()]
    facts.append(tools.region.model_dump_json() if tools.region is not None else "")
    facts += [f"{name} {fingerprint(path)}" for name, path in sorted(tools.given.items())]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()
