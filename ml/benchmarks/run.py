"""Runs a benchmark: generated pictures and questions in, answers and scores out.

Out come answers.csv (what the judge said about each picture), items.csv (the score of each item,
for comparisons prompt by prompt), scores.csv (for `ggez grp`) and scores.json. A picture of an item
is a crop: its seeds are what a grid's pictures are in published benchmarks.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ml import devices, files
from ml.benchmarks import asking, outputs, tables, tally
from ml.benchmarks.judges import registry
from ml.benchmarks.judging import Asked, Judge, Reply, Setting
from ml.benchmarks.outputs import Picture
from ml.benchmarks.problems import BenchmarkImpossible
from ml.benchmarks.tally import Measured
from ml.progress import Progress
from specs.judges.registry import read_judge
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from stats.scoring import questions as question_files
from stats.scoring.questions import TEXT, QuestionSet
from stats.scoring.score import SCALE
from stats.tables import show

FLAGGED = Reply(None, "the model's safety checker replaced the picture")


def run_benchmark(
    spec: BenchmarkRun,
    *,
    outputs: Path,
    questions: Path,
    judge: Path | None = None,
    answers: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    source = _choose_source(spec, judge, answers)
    asked_set = question_files.read(questions)
    pictures = _read_pictures(outputs, asked_set, progress)
    scopes = _find_scopes(spec, pictures)
    plan = _make_plan(pictures, asked_set)
    loaded = registry.load(read_judge(spec), source, _choose_setting(spec))
    replies = _ask(loaded, plan, pictures, spec, state_dir, progress)
    measured = tally.measure(asked_set, pictures, scopes, replies, spec.mode)
    facts = _describe(spec, loaded, asked_set, pictures, measured)
    _write(out_dir, spec, plan, replies, measured, facts)
    return facts | {"variants": [_shorten(each) for each in facts["variants"]]}


def _choose_source(spec: BenchmarkRun, judge: Path | None, answers: Path | None) -> Path:
    reads_file = spec.judge_method == "answers"
    wanted, other = (answers, judge) if reads_file else (judge, answers)
    if wanted is None:
        needed = "a file of answers" if reads_file else "a model"
        raise BenchmarkImpossible(f"The judge '{spec.judge_method}' needs {needed}.")
    if other is not None:
        unused = "a model" if reads_file else "a file of answers"
        raise BenchmarkImpossible(f"The judge '{spec.judge_method}' has no use for {unused}.")
    return wanted


def _choose_setting(spec: BenchmarkRun) -> Setting:
    if spec.judge_method == "answers":
        return Setting()
    computing = devices.choose(spec.device, spec.dtype)
    return Setting(device=computing.device, dtype=computing.dtype)


def _read_pictures(folder: Path, questions: QuestionSet, progress: Progress) -> list[Picture]:
    """Those that something is asked about."""
    everything = outputs.read(folder)
    found = [picture for picture in everything if picture.item_id in questions.items]
    if not found:
        raise BenchmarkImpossible(
            f"No prompt of the {len(everything):,} pictures has questions: the item_id of a "
            f"question is the key of a prompt, such as '{show(everything[0].item_id)}'."
        )
    outputs.verify(found, progress)
    return found


def _find_scopes(spec: BenchmarkRun, pictures: Sequence[Picture]) -> dict[str, str]:
    """Of each item."""
    if spec.scope != "auto":
        return {picture.item_id: spec.scope for picture in pictures}
    scopes: dict[str, str] = {}
    for picture in pictures:
        if picture.scope not in ("global", "regional"):
            raise BenchmarkImpossible(
                f"The prompt '{show(picture.item_id)}' does not say its scope (global or "
                "regional): name the scope of the questions."
            )
        if scopes.setdefault(picture.item_id, picture.scope) != picture.scope:
            raise BenchmarkImpossible(f"The prompt '{show(picture.item_id)}' has two scopes.")
    return scopes


def _make_plan(pictures: Sequence[Picture], questions: QuestionSet) -> list[Asked]:
    plan = [
        Asked(
            picture=picture.path,
            sha256=picture.sha256,
            question=question.text,
            variant=picture.variant,
            item_id=picture.item_id,
            proposition_id=question.proposition_id,
            crop=picture.crop,
        )
        for picture in pictures
        for question in questions.items[picture.item_id]
    ]
    for asked in plan:
        if not asked.question:
            raise BenchmarkImpossible(
                f"Question {asked.proposition_id} of '{show(asked.item_id)}' has no words in the "
                f"column '{TEXT}'."
            )
    return plan


def _ask(
    judge: Judge,
    plan: Sequence[Asked],
    pictures: Sequence[Picture],
    spec: BenchmarkRun,
    folder: Path,
    progress: Progress,
) -> dict[tuple[str, str, int, str], Reply]:
    flagged = {picture.path for picture in pictures if picture.is_flagged}
    shown = [asked for asked in plan if asked.picture not in flagged]
    replies = asking.ask(judge, shown, batch_size=spec.batch_size, folder=folder, progress=progress)
    found = {tally.key_of(asked): reply for asked, reply in zip(shown, replies, strict=True)}
    return {tally.key_of(asked): found.get(tally.key_of(asked), FLAGGED) for asked in plan}


def _describe(
    spec: BenchmarkRun,
    judge: Judge,
    questions: QuestionSet,
    pictures: Sequence[Picture],
    measured: Sequence[Measured],
) -> dict[str, Any]:
    seen = {picture.item_id for picture in pictures}
    return {
        "mode": spec.mode,
        "metric": spec.metric or spec.mode,
        # Two judges of one kind are two judges: their scores are not comparable.
        "judge": f"{spec.judge_method} {_shorten_digest(judge.digest)}",
        "judge_digest": judge.digest,
        "num_pictures": len(pictures),
        "num_flagged": sum(picture.is_flagged for picture in pictures),
        "items_without_pictures": len(questions.items) - len(seen),
        "variants": [each.to_json() for each in measured],
        "effects": tally.compare(measured),
    }


def _shorten_digest(digest: str) -> str:
    return hashlib.sha256(digest.encode()).hexdigest()[:8]


def _shorten(variant: Mapping[str, Any]) -> dict[str, Any]:
    """A result is kept in a database: of what was left out, it has the number."""
    rest = {name: value for name, value in variant.items() if name != "left_out"}
    return rest | {"n_left_out": len(variant["left_out"])}


def _write(
    folder: Path,
    spec: BenchmarkRun,
    plan: Sequence[Asked],
    replies: Mapping[tuple[str, str, int, str], Reply],
    measured: Sequence[Measured],
    facts: Mapping[str, Any],
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    said = ((asked, replies[tally.key_of(asked)]) for asked in plan)
    tables.write(
        folder / "answers.csv",
        ("variant", "item_id", "proposition_id", "crop", "seed", "answer", "raw"),
        (
            (a.variant, a.item_id, a.proposition_id, a.crop, a.crop, _spell(reply), reply.raw)
            for a, reply in said
        ),
    )
    tables.write(
        folder / "items.csv",
        ("variant", "beta", "scope", "item_id", "score", "mode"),
        (
            (each.variant, each.beta, each.scope, item_id, repr(score), spec.mode)
            for each in measured
            for item_id, score in each.scored.items.items()
        ),
    )
    tables.write(
        folder / "scores.csv",
        ("variant", "beta", "scope", "metric", "value", "lo", "hi", "mode"),
        (
            (each.variant, each.beta, each.scope, facts["metric"], value, 0, SCALE, spec.mode)
            for each in measured
            for value in [_spell_score(each)]
        ),
    )
    # The last: who finds it finds all of them.
    files.write_json(folder / "scores.json", facts)


def _spell(reply: Reply) -> str:
    return "" if reply.answer is None else "yes" if reply.answer else "no"


def _spell_score(measured: Measured) -> str:
    """Every digit; nothing where no item could be scored."""
    return "" if measured.scored.score is None else repr(measured.scored.score)
