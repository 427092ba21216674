"""Passes the rows of one source through its stages, in batches and in order.

Everything it must remember is in its checkpoint and in files beside it. Batches are cut from the
whole source, never from what remains, so that work that was interrupted ends with the same bytes as
work that was not.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

from ml.datasets import pictures
from ml.datasets.problems import Problem, UnfitItem
from ml.datasets.summary import Counts, Sample, preview_name
from ml.filtering import checkpoint, parts, reading, registry
from ml.filtering.decoding import Ahead, Decoder, count_threads
from ml.filtering.funnel import READ, Funnel, RejectedSample
from ml.filtering.parts import Parts
from ml.filtering.problems import NothingKept, UnfitFilter
from ml.filtering.reading import Reading
from ml.filtering.rows import Reason, Row
from ml.filtering.stage import Stage, Tools
from ml.filtering.stages.decode import ANSWER
from ml.progress import Stopped, word
from specs.filters.decode import Decode

_BATCHES_AHEAD = 2
"""That are decoded while a model elsewhere computes. On the processor itself none is: the threads
of a model wait for each other, so that one that decodes between them holds up all."""


@dataclass(kw_only=True)
class Batch:
    """Rows that pass the stages together. `rows` are those still there."""

    num_entries: int
    rows: list[Row]
    problems: list[tuple[int, Problem]]
    # Stage -> what it said, of the rows that came to it; those before decoding are asked early.
    rejected: list[tuple[str, Row, Reason]] = field(default_factory=list)
    counts: list[tuple[str, list[Reason | None]]] = field(default_factory=list)
    decoding: list[Future[Reason | None]] = field(default_factory=list)

    def judge(self, name: str, stage: Stage) -> None:
        reasons = stage.judge(self.rows)
        self.counts.append((name, reasons))
        judged = list(zip(self.rows, reasons, strict=True))
        self.rejected += [(name, row, reason) for row, reason in judged if reason is not None]
        self.rows = [row for row, reason in judged if reason is None]


class Filter:
    """One run over a source. Everything it must remember is in its checkpoint and in files beside
    it.
    """

    def __init__(self, tools: Tools, source: Reading, work: str) -> None:
        self.tools = tools
        self.spec = tools.spec
        self.source = source
        self.point = checkpoint.load(tools.state_dir, work)
        self.names = [stage.method for stage in self.spec.stages]
        self.stages: dict[str, Stage] = {
            stage.method: registry.STAGES[stage.method](
                stage, tools, self.point.marks.get(stage.method)
            )
            for stage in self.spec.stages
        }
        self.decoder = self._make_decoder()
        self._load()

    def close(self) -> None:
        for stage in self.stages.values():
            stage.close()

    def _make_decoder(self) -> Decoder:
        spec = next(stage for stage in self.spec.stages if isinstance(stage, Decode))
        looks = {name: look for stage in self.stages.values() for name, look in stage.looks.items()}
        side = max(stage.side for stage in self.stages.values())
        return Decoder(spec=spec, root=self.source.root, looks=looks, side=side)

    def _load(self) -> None:
        point = self.point
        self.digest = bytes.fromhex(point.digest)
        self.counts = Counts(point.counts)
        self.funnel = Funnel(self.names, point.funnel)
        self.sample = Sample(point.sample)
        self.rejected_sample = RejectedSample(point.rejected_sample)
        self.source.notes.extend(point.notes)
        self.previews = self.tools.state_dir / "previews"
        self.rejected_previews = self.tools.state_dir / "rejected-previews"
        for folder in (self.previews, self.rejected_previews):
            folder.mkdir(exist_ok=True)
        extra = [column for stage in self.stages.values() for column in stage.columns]
        self.parts = Parts(self.tools.state_dir / "parts", extra)
        self.parts.forget_after(point.num_parts, point.num_rejected_parts)
        self._begin_part()

    def _begin_part(self) -> None:
        self.rejected: list[dict[str, Any]] = []
        self.waiting: dict[Path, Row] = {}  # rows of the samples whose previews are to be drawn
        self.writer = self.parts.begin(self.point.num_parts)
        self.part_start, self.begun_s = self.point.position, monotonic()
        self.marks = {name: stage.mark() for name, stage in self.stages.items()}

    def run(self, part_rows: int, part_s: float) -> None:
        progress = self.tools.progress
        total = self._count()
        try:
            with Ahead(self.decoder) as ahead:
                for batch in self._prepare(ahead):
                    progress.check()
                    self._judge(batch)
                    self._take(batch)
                    progress.update(
                        self.point.position,
                        total,
                        unit=word("rows"),
                        metrics={"kept": self.counts.num_items},
                    )
                    num_rows = self.point.position - self.part_start
                    if num_rows >= part_rows or monotonic() - self.begun_s >= part_s:
                        self._save()
        except Stopped:
            self._save()
            raise
        self._save()
        self._check_not_empty()

    def _count(self) -> int | None:
        total = reading.count(self.source)
        if total is None or self.spec.max_items is None:
            return total
        return min(total, self.spec.max_items)

    def _prepare(self, ahead: Ahead) -> Iterator[Batch]:
        """In order; the next ones are being decoded while one is judged."""
        num_ahead = 0 if self.spec.device == "cpu" else _BATCHES_AHEAD
        waiting: deque[Batch] = deque()
        for batch in self._cut():
            for name in self.names[: self.names.index("decode")]:
                batch.judge(name, self.stages[name])
            batch.decoding = [ahead.begin(row) for row in batch.rows]
            waiting.append(batch)
            if len(waiting) > num_ahead:
                yield waiting.popleft()
        yield from waiting

    def _cut(self) -> Iterator[Batch]:
        """The position is a multiple of the batch's size: work is saved between batches only."""
        end, start = self.spec.max_items, self.point.position
        if end is not None and start >= end:
            return
        entries = iter(reading.iterate(self.source, start=start))
        if end is not None:
            entries = islice(entries, end - start)
        while few := list(islice(entries, self.spec.batch_size)):
            problems = [
                (number, entry) for number, entry in enumerate(few, start)
                if isinstance(entry, Problem)
            ]  # fmt: skip
            rows = [entry for entry in few if isinstance(entry, Row)]
            yield Batch(num_entries=len(few), rows=rows, problems=problems)
            start += len(few)

    def _judge(self, batch: Batch) -> None:
        for row, answer in zip(batch.rows, batch.decoding, strict=True):
            row.looks[ANSWER] = answer.result()
        for name in self.names[self.names.index("decode") :]:
            batch.judge(name, self.stages[name])

    def _take(self, batch: Batch) -> None:
        """From here on nothing stops: what a batch changes, it changes whole."""
        for position, problem in batch.problems:
            reason = Reason(str(problem.reason), problem.message)
            self.funnel.count(READ, [reason])
            self.rejected.append(parts.describe_unread(problem, position, READ))
        self.funnel.count(READ, [None] * (batch.num_entries - len(batch.problems)))
        for name, reasons in batch.counts:
            self.funnel.count(name, reasons)
        for name, row, reason in batch.rejected:
            self._reject(name, row, reason)
        for row in batch.rows:
            self._keep(row)
        self.point.position += batch.num_entries
        self.marks = {name: stage.mark() for name, stage in self.stages.items()}

    def _keep(self, row: Row) -> None:
        item = row.to_item(self.source.licence)
        self.writer.add(item, row.extra)
        self.counts.add_item(item)
        self.digest = item.digest_after(self.digest)
        if self.sample.would_take(row.position):
            pushed_out = self.sample.add(item)
            self._exchange_preview(self.previews, row, preview_name(pushed_out))

    def _reject(self, stage: str, row: Row, reason: Reason) -> None:
        self.rejected.append(parts.describe_rejected(row, stage, reason))
        if self.rejected_sample.would_take(row, stage, reason):
            pushed_out = self.rejected_sample.add(row, stage, reason)
            self._exchange_preview(self.rejected_previews, row, pushed_out)

    def _exchange_preview(self, folder: Path, row: Row, pushed_out: str) -> None:
        """Drawing is what costs, so it waits until it is known which rows stay in the sample."""
        row.looks.clear()
        self.waiting[folder / preview_name(row.position)] = row
        if pushed_out:
            self.waiting.pop(folder / pushed_out, None)
            (folder / pushed_out).unlink(missing_ok=True)

    def _draw_previews(self) -> None:
        with ThreadPoolExecutor(count_threads(), "preview") as pool:
            drawn = pool.map(self._draw_preview, self.waiting.items())
            missing = {path for path, is_there in zip(self.waiting, drawn, strict=True)
                       if not is_there}  # fmt: skip
        self.rejected_sample.forget_previews({path.name for path in missing})

    def _draw_preview(self, wanted: tuple[Path, Row]) -> bool:
        """Whether there is one: what does not decode has none."""
        path, row = wanted
        try:
            limits = self.decoder.limits
            data = row.data or reading.load_picture(self.source.root, row, limits)
            thumbnail = pictures.inspect(data, limits, with_thumbnail=True).thumbnail
        except UnfitItem:
            return False
        assert thumbnail is not None
        path.write_bytes(pictures.encode_preview(thumbnail))
        return True

    def _save(self) -> None:
        point = self.point
        self.writer.close()
        self._draw_previews()
        if self.rejected:
            self.parts.write_rejected(point.num_rejected_parts, self.rejected)
            point.num_rejected_parts += 1
        point.num_parts += self.writer.num_items > 0
        point.digest = self.digest.hex()
        point.counts = self.counts.to_json()
        point.funnel = self.funnel.entries
        point.sample = self.sample.entries
        point.rejected_sample = self.rejected_sample.entries
        point.marks = self.marks
        point.notes = self.source.notes
        checkpoint.save(self.tools.state_dir, point)
        self._begin_part()

    def _check_not_empty(self) -> None:
        if self.counts.num_items:
            return
        num_rows = self.funnel.entries[0]["in"]
        if num_rows == 0:
            raise UnfitFilter(f"'{self.source.name}' holds no rows.")
        first = next(iter(self.rejected_sample.in_order(self.names)), None)
        told = f" The first: {first['detail']}" if first else ""
        stages = "; ".join(
            f"{entry['stage']} kept {entry['kept']:,} of {entry['in']:,}"
            for entry in self.funnel.entries
        )
        raise NothingKept(f"None of the {num_rows:,} rows is kept: {stages}.{told}")
