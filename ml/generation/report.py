"""What a run tells: a row per picture, and the facts of the whole."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from ml.generation import plan, schedulers
from ml.generation.contact_sheet import Sheet, SheetRow
from ml.generation.painter import Painter, Picture
from ml.generation.plan import Batch, Plan, Variant
from ml.records import Row

FORMAT_VERSION = 1
_MOST_COLUMNS = 12


def describe_picture(painter: Painter, variant: Variant, batch: Batch, picture: Picture) -> Row:
    """Everything but the digest, which is that of the file."""
    shot, spec = picture.shot, painter.spec
    cut = painter.conditions.measure(shot.prompt.text)
    negative = painter.find_negative(shot) if painter.conditions.guided else ""
    return {
        "variant": variant.name,
        "beta": variant.beta,
        "prompt_key": shot.prompt.key,
        "prompt": shot.prompt.text,
        "seed": shot.seed,
        "file": f"images/{variant.name}/{shot.file}",
        "width": painter.width,
        "height": painter.height,
        "scheduler": type(painter.pipeline.scheduler).__name__,
        "steps": spec.steps,
        "guidance": spec.guidance,
        "negative": negative,
        "batch_index": batch.index,
        "batch_size": len(batch.shots),
        **painter.computing.to_json(),
        "num_tokens": cut.num_tokens,
        "cut_text": cut.text,
        "cut_by": dict(cut.by_tokenizer),
        "negative_cut_text": painter.conditions.measure(negative).text,
        "flagged": picture.is_flagged,
        "nan": picture.is_nan,
        "scope": shot.prompt.scope,
        "stratum": shot.prompt.stratum,
        "region": shot.prompt.region,
        "country": shot.prompt.country,
        "language": shot.prompt.language,
        "category": shot.prompt.category,
    }


def describe_run(
    painter: Painter, planned: Plan, digests: Mapping[str, str], rows: Sequence[Row]
) -> dict[str, Any]:
    """No times and no speeds: the same work always tells the same."""
    counts = _count(rows)
    checker = getattr(painter.pipeline, "safety_checker", None)
    return {
        "format_version": FORMAT_VERSION,
        "variants": [
            {
                "variant": variant.name,
                "beta": variant.beta,
                **_count([row for row in rows if row["variant"] == variant.name]),
            }
            for variant in planned.variants
        ],
        **counts,
        "num_prompts": len({shot.prompt.key for shot in planned.shots}),
        "num_cut_prompts": len({row["prompt_key"] for row in rows if row["cut_text"]}),
        "warnings": _warn(rows),
        "width": painter.width,
        "height": painter.height,
        "batch_size": planned.batch_size,
        "num_batches": len(planned.batches),
        **painter.computing.to_json(),
        "scheduler": schedulers.describe(painter.pipeline.scheduler),
        "safety_checker": type(checker).__name__ if checker is not None else None,
        "pipeline": type(painter.pipeline).__name__,
        "digests": dict(digests),
        "spec": painter.spec.to_json(),
        "versions": {
            each.__name__: str(each.__version__) for each in (diffusers, torch, transformers)
        },
    }


def lay_out_sheet(planned: Plan, num_prompts: int, folder: Path) -> Sheet:
    """Of a sweep: prompts by betas, with the first seed. Of one model: prompts by seeds."""
    shots = {(shot.prompt.key, shot.seed): shot for shot in planned.shots}
    prompts = list({shot.prompt.key: shot.prompt for shot in planned.shots}.values())
    seeds = list(dict.fromkeys(shot.seed for shot in planned.shots))
    is_sweep = planned.variants[0].beta is not None
    columns = [
        (variant, seed)
        for variant in planned.variants
        for seed in (seeds[:1] if is_sweep else seeds)
    ][:_MOST_COLUMNS]
    rows = tuple(
        SheetRow(
            prompt.text,
            ", ".join(filter(None, (prompt.scope, prompt.stratum, prompt.key))),
            tuple(
                folder / variant.name / shots[prompt.key, seed].file for variant, seed in columns
            ),
        )
        for prompt in plan.choose_for_sheet(prompts, num_prompts)
    )
    if is_sweep:
        return Sheet(
            f"Share of regional weights, seed {seeds[0]}",
            tuple(_label(variant.beta or 0.0) for variant, _ in columns),
            rows,
        )
    return Sheet("One model, by seed", tuple(f"seed {seed}" for _, seed in columns), rows)


def _label(beta: float) -> str:
    ends = {0.0: "beta 0: base", 1.0: "beta 1: tuned"}
    return ends.get(beta, f"beta {beta:g}")


def _count(rows: Sequence[Row]) -> dict[str, int]:
    return {
        "num_images": len(rows),
        "num_flagged": sum(row["flagged"] for row in rows),
        "num_nan": sum(row["nan"] for row in rows),
    }


def _warn(rows: Sequence[Row]) -> list[str]:
    counts = _count(rows)
    cut = {row["prompt_key"] for row in rows if row["cut_text"]}
    cut_negatives = {row["negative"] for row in rows if row["negative_cut_text"]}
    sentences = {
        f"{len(cut)} prompts are longer than a text encoder takes; what it did not see stands as "
        "cut_text in outputs.jsonl.": cut,
        f"{len(cut_negatives)} negative prompts are longer than a text encoder takes.": (
            cut_negatives
        ),
        f"{counts['num_flagged']} pictures were flagged by the model's safety checker and are "
        "blank.": counts["num_flagged"],
        f"{counts['num_nan']} pictures came out as NaN and are black. The number format may be too "
        "narrow for this model, or its weights are broken.": counts["num_nan"],
    }
    return [sentence for sentence, is_so in sentences.items() if is_so]
