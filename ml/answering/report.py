"""What a run tells: a row per answer, and the facts of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch
import transformers

from ml.answering.answerer import Answer, Answerer
from ml.answering.plan import Batch, Plan, Variant
from ml.answering.preparation import Gap
from ml.loading.speaking import learnt as overlaps
from ml.loading.speaking.learnt import Overlap
from ml.records import Row

FORMAT_VERSION = 1
GAP = "gap"
"""In place of a row: why a question has no answer."""


def describe_answer(
    answerer: Answerer, variant: Variant, batch: Batch, number: int, found: Answer | Gap
) -> Row:
    if isinstance(found, Gap):
        return {"number": number, GAP: found.reason, "prompt_key": found.key}
    item, spec = found.ask.item, answerer.spec
    return {
        "number": number,
        "variant": variant.name,
        "beta": variant.beta,
        "prompt_key": item.key,
        "prompt": item.question,
        "seed": found.ask.seed,
        "scope": item.scope,
        "stratum": item.stratum,
        "region": item.region,
        "country": item.country,
        "language": item.language,
        "category": item.category,
        "text": found.text,
        "question_file": item.picture or None,
        "question_sha256": item.sha256 or None,
        "option_scores": found.option_scores,
        "passages": list(found.prepared.passages),
        "cut": found.prepared.cut,
        "num_tokens": found.num_tokens,
        "finished": found.is_finished,
        "parameters": {
            "temperature": spec.temperature,
            "top_p": spec.top_p,
            "max_new_tokens": spec.max_new_tokens,
            "system": spec.system,
            "wording": answerer.speaker.family.digest_wording(),
            "num_passages": spec.num_passages,
            "num_prompt_tokens": len(found.prepared.asked),
            "batch_index": batch.index,
            "batch_size": len(batch.asks),
            **answerer.computing.to_json(),
        },
    }


def describe_run(
    answerer: Answerer,
    planned: Plan,
    digests: Mapping[str, str],
    rows: Sequence[Row],
    learnt: Mapping[str, Overlap],
) -> dict[str, Any]:
    """No times and no speeds: the same work always tells the same."""
    answers = [row for row in rows if GAP not in row]
    gaps = {row["prompt_key"]: row[GAP] for row in rows if GAP in row}
    return {
        "format_version": FORMAT_VERSION,
        "variants": [
            {
                "variant": variant.name,
                "beta": variant.beta,
                **_count([row for row in answers if row["variant"] == variant.name]),
            }
            for variant in planned.variants
        ],
        **_count(answers),
        "num_questions": len({ask.item.key for ask in planned.asks}),
        "gaps": [{"key": key, "reason": reason} for key, reason in gaps.items()],
        "learnt": {name: asdict(overlap) for name, overlap in learnt.items()},
        "warnings": [*_warn(answers, gaps), *overlaps.describe(learnt)],
        "batch_size": planned.batch_size,
        "num_batches": len(planned.batches),
        **answerer.computing.to_json(),
        "family": answerer.speaker.family.model_dump(mode="json"),
        "model": type(answerer.speaker.model).__name__,
        "longest": answerer.speaker.longest,
        "digests": dict(digests),
        "spec": answerer.spec.to_json(),
        "versions": {each.__name__: str(each.__version__) for each in (torch, transformers)},
    }


def _count(rows: Sequence[Row]) -> dict[str, int]:
    return {
        "num_answers": len(rows),
        "num_unfinished": sum(not row["finished"] for row in rows),
        "num_cut": sum(row["cut"] is not None for row in rows),
        "num_empty": sum(not row["text"] for row in rows),
    }


def _warn(rows: Sequence[Row], gaps: Mapping[str, str]) -> list[str]:
    counts = _count(rows)
    sentences = {
        f"{len(gaps)} questions have no answer: they are longer than the model's context or hold a "
        "mark of the model; they stand as gaps in generation.json.": len(gaps),
        f"{counts['num_cut']} answers were given without some of their passages, which did not fit "
        "into the model's context or hold a mark of the model; they stand as cut in "
        "outputs.jsonl.": counts["num_cut"],
        f"{counts['num_unfinished']} answers were not finished within the longest answer that was "
        "asked for.": counts["num_unfinished"],
        f"{counts['num_empty']} answers are empty.": counts["num_empty"],
    }
    return [sentence for sentence, number in sentences.items() if number]
