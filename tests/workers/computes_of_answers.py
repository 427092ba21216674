"""A stand-in for answering, which is tested where it lives: the same arguments, files and results,
without a model. What stands around it, importing, scoring and comparing, is quick enough to be
real.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from ml import digests
from ml.benchmarks.answers import compare as comparing
from ml.benchmarks.answers import run as scoring
from ml.importing.quizzes import run as importing
from ml.loading import quizzes
from ml.progress import Progress
from specs.kinds.answers.answers_compare import AnswersCompare
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.answers.answers_score import AnswersScore
from specs.kinds.model.model_instruct import ModelInstruct
from specs.kinds.model.model_merge import name_beta
from specs.kinds.quiz.quiz_import import QuizImport
from specs.quiz import QuizItem
from specs.region import Region
from tests.workers.computes import behave


def import_quiz(
    spec: QuizImport,
    *,
    region: Region | None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
    **found: str,
) -> dict[str, Any]:
    """The real one, once it may."""
    behave(state_dir, progress)
    return importing.import_quiz(
        spec, region=region, out_dir=out_dir, state_dir=state_dir, progress=progress,
        path=found["path"], source_name=found["source_name"],
    )  # fmt: skip


def answer(
    spec: AnswersGenerate,
    *,
    base: Path,
    quiz: Path,
    tuned: Path | None = None,
    passages: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    """A base is wrong where a question is regional. Adaptation mends the first question, passages
    the second, and both together every one.
    """
    behave(state_dir, progress)
    assert (base / "weights.txt").is_file()
    betas = {name_beta(beta): beta for beta in spec.betas} if tuned else {"model": None}
    asked = quizzes.read(quiz)
    found = _read_passages(passages, spec.num_passages) if passages else {}
    rows = [
        _make_row(spec, variant, beta, item, number, found.get(item.key, []))
        for variant, beta in betas.items()
        for number, item in enumerate(asked.items)
    ]
    if (quiz / "pictures").is_dir():
        shutil.copytree(quiz / "pictures", out_dir / "pictures")
    (out_dir / "outputs.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    seen = {"base": digests.of_folder(base)}
    seen |= {"tuned": digests.of_path(tuned)} if tuned else {}
    seen |= {"passages": digests.of_file(passages)} if passages else {}
    told = {"digests": seen, "spec": spec.to_json()}
    (out_dir / "generation.json").write_text(json.dumps(told))
    return {"num_answers": len(rows), "num_gaps": 0}


def _read_passages(path: Path, most: int) -> dict[str, list[Any]]:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return {row["key"]: row["passages"][:most] for row in rows}


def _make_row(
    spec: AnswersGenerate,
    variant: str,
    beta: float | None,
    item: QuizItem,
    number: int,
    passages: list[Any],
) -> dict[str, Any]:
    knows = item.scope == "global" or {0: bool(beta), 1: bool(passages)}.get(
        number, bool(beta and passages)
    )
    right = item.letters[item.answer or 0] if item.options else item.answers[0]
    wrong = item.letters[(item.answer or 0) - 1] if item.options else "nothing"
    return {
        "variant": variant,
        "beta": beta,
        "prompt_key": item.key,
        "prompt": item.question,
        "seed": 0,
        **{name: getattr(item, name) for name in ("scope", "stratum", "region", "country")},
        **{name: getattr(item, name) for name in ("language", "category")},
        "text": right if knows else wrong,
        "question_file": item.picture or None,
        "question_sha256": item.sha256 or None,
        "option_scores": None,
        "passages": passages,
        "cut": None,
        "num_tokens": 1,
        "finished": True,
        "parameters": {
            **{name: getattr(spec, name) for name in ("temperature", "top_p", "system")},
            "max_new_tokens": spec.max_new_tokens,
        },
    }


def score(
    spec: AnswersScore, *, out_dir: Path, state_dir: Path, progress: Progress, **read: Path
) -> dict[str, Any]:
    """The real one, once it may."""
    behave(state_dir, progress)
    return scoring.score_answers(
        spec, out_dir=out_dir, state_dir=state_dir, progress=progress, outputs=read["outputs"],
        quiz=read["quiz"],
    )  # fmt: skip


def compare(
    spec: AnswersCompare, *, out_dir: Path, state_dir: Path, progress: Progress, **read: Path
) -> dict[str, Any]:
    """The real one, once it may."""
    behave(state_dir, progress)
    return comparing.compare(
        spec, out_dir=out_dir, state_dir=state_dir, progress=progress, plain=read["plain"],
        retrieved=read["retrieved"],
    )  # fmt: skip


def instruct(
    spec: ModelInstruct,
    *,
    base: Path,
    quiz: Path,
    dataset: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    behave(state_dir, progress)
    assert dataset is None
    taught = quizzes.read(quiz).facts.name
    model = out_dir / "model"
    model.mkdir(parents=True)
    (model / "weights.txt").write_text(f"{(base / 'weights.txt').read_text()}, taught {taught}")
    return {
        "family": "llava", "component": "", "kind": "transformers", "method": spec.method,
        "digest": digests.of_folder(model), "size_bytes": 10,
    }  # fmt: skip


FAKES = {
    ModelInstruct: instruct,
    QuizImport: import_quiz,
    AnswersGenerate: answer,
    AnswersScore: score,
    AnswersCompare: compare,
}
