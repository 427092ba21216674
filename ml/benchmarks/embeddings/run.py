"""embeddings.score: a model or a sweep, and what it is asked about, in; scores out.

Out come items.csv (the score of each item, for comparisons item by item), scores.csv (for `ggez
grp`), scores.json, and the method's own tables. Vectors are kept as they come: a run that was
interrupted goes on from them.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ml import devices, digests, files
from ml.benchmarks import tables, tally, ties
from ml.benchmarks.embeddings import models, reading
from ml.benchmarks.embeddings.methods import registry
from ml.benchmarks.embeddings.plan import Plan
from ml.benchmarks.embeddings.reading import Read
from ml.benchmarks.embeddings.reporting import Reporter, count_things
from ml.benchmarks.embeddings.vectors import Embedder
from ml.benchmarks.tally import Measured
from ml.loading import encoders
from ml.loading.encoders import Encoder
from ml.progress import Progress
from specs.embeddings.registry import read_method
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from stats.answers.score import SCALE


def score_embeddings(
    spec: EmbeddingsScore,
    *,
    base: Path,
    tuned: Path | None = None,
    dataset: Path | None = None,
    quiz: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    variants = models.list_variants(spec, is_sweep=tuned is not None)
    layout = models.look_at(base, tuned)
    plan = registry.plan(read_method(spec), spec.scope, dataset=dataset, quiz=quiz)
    device = devices.choose(spec.device).device
    encoder = encoders.open_encoder(base, device=device, batch_size=spec.batch_size)
    read = reading.read(encoder, [plan])
    sweep = None if layout is None else models.make_sweep(encoder, layout, spec.lora_scale)
    tuned_digest = "" if tuned is None else digests.of_path(tuned)
    reporter = Reporter(len(variants) * count_things(plan), progress)
    measured: list[Measured] = []
    for variant in variants:
        if sweep is not None and variant.beta is not None:
            sweep.set(variant.beta)
        reporter.message = variant.name
        weights = models.name_weights(encoder, tuned_digest, variant, spec.lora_scale)
        embedder = Embedder(encoder, weights, state_dir / "vectors", reporter.report)
        found = embedder.embed(plan.source, plan.pictures, plan.phrases)
        measured += [
            Measured(variant=variant.name, beta=variant.beta, scope=scope, scored=scored)
            for scope, scored in plan.measure(found).items()
        ]
    measured.sort(key=lambda each: each.scope)  # as other benchmarks tell it
    facts = _describe(spec, plan, encoder, read, measured) | {"tuned_digest": tuned_digest}
    _write(out_dir, plan, measured, facts)
    return facts | {"variants": [shorten(each) for each in facts["variants"]]}


def _describe(
    spec: EmbeddingsScore, plan: Plan, encoder: Encoder, read: Read, measured: Sequence[Measured]
) -> dict[str, Any]:
    return {
        "mode": plan.mode,
        "metric": spec.metric or plan.metric,
        "judge": name_judge(spec),
        **plan.source.facts,
        "encoder": encoder.describe(),
        "device": encoder.device,
        "num_pictures": len(plan.pictures),
        "num_texts": read.num_texts,
        "num_cut": read.num_cut,
        "batch_size": spec.batch_size,
        **plan.describe(),
        "notes": [*plan.list_notes(), *read.list_notes()],
        "spec": spec.to_json(),
        "variants": [each.to_json() for each in measured],
        "effects": tally.compare(measured, ties.find_clusters(plan.ties)),
    }


def name_judge(spec: EmbeddingsScore) -> str:
    """With all that makes scores over the same material incomparable: tables compare what one judge
    said, and nothing else.
    """
    said = ["similarity", spec.method]
    if spec.method == "classification":
        said.append(f"by {spec.label_column}")
    if spec.templates:
        digest = hashlib.sha256(json.dumps(spec.templates).encode()).hexdigest()
        said.append(f"wordings {digest[:8]}")
    if spec.scope != "auto":
        said.append(f"all taken as {spec.scope}")
    return ", ".join(said)


def shorten(variant: Mapping[str, Any]) -> dict[str, Any]:
    """A result is kept in a database: of what was left out, it has the number."""
    rest = {name: value for name, value in variant.items() if name != "left_out"}
    return rest | {"n_left_out": len(variant["left_out"])}


def _write(
    folder: Path, plan: Plan, measured: Sequence[Measured], facts: Mapping[str, Any]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for table in plan.list_tables(measured):
        tables.write(folder / table.name, table.header, table.rows)
    tied = plan.ties
    tables.write(
        folder / "items.csv",
        ("variant", "beta", "scope", "item_id", "score", "mode", "group", "picture"),
        (
            (each.variant, each.beta, each.scope, key, repr(value), plan.mode, *tied[key])
            for each in measured
            for key, value in each.scored.items.items()
        ),
    )
    tables.write(
        folder / "scores.csv",
        ("variant", "beta", "scope", "metric", "value", "lo", "hi", "mode"),
        (
            (each.variant, each.beta, each.scope, facts["metric"], value, 0, SCALE, plan.mode)
            for each in measured
            for value in ["" if each.scored.score is None else repr(each.scored.score)]
        ),
    )
    # The last: who finds it finds all of them.
    files.write_json(folder / "scores.json", facts)
