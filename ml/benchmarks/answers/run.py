"""Scores answers: what models said to a quiz, and the quiz in; scores out.

Out come answers.csv (what was said and what was made of it), items.csv (the score of each question,
for comparisons question by question), scores.csv (for `ggez grp`) and scores.json.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml import files
from ml.benchmarks import tables, tally, ties
from ml.benchmarks.answers import origins, scores
from ml.benchmarks.answers import outputs as answer_files
from ml.benchmarks.answers import questions as answer_questions
from ml.benchmarks.answers.outputs import Said
from ml.benchmarks.problems import BenchmarkImpossible
from ml.benchmarks.tally import Measured
from ml.loading import quizzes
from ml.loading.quizzes import Quiz
from ml.loading.speaking import learnt
from ml.progress import Progress, word
from specs.kinds.answers.answers_score import AnswersScore
from specs.quiz import QuizItem
from stats.answers import score as scoring
from stats.answers.choice import LETTERS
from stats.answers.modes import MODES, OutputUnfit
from stats.answers.reply import Reply
from stats.answers.score import SCALE, Scored
from stats.tables import show


@dataclass(frozen=True, kw_only=True)
class _Measured(Measured):
    scored: Scored


def score_answers(
    spec: AnswersScore,
    *,
    outputs: Path,
    quiz: Path,
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - scoring takes seconds: there is nothing to go on from
    progress: Progress,
) -> dict[str, Any]:
    asked = quizzes.read(quiz)
    said = answer_files.read(outputs)
    questions = _choose_questions(spec, asked)
    known = {item.key for item in asked.items}
    unknown = said.list_keys() - known
    if unknown == said.list_keys():
        raise BenchmarkImpossible(
            f"None of the {said.num_outputs:,} answers is to a question of "
            f"'{show(asked.facts.name)}': the prompt_key of an answer is the key of a question, "
            f"such as '{show(asked.items[0].key)}'."
        )
    measured = _measure(spec, said, questions, progress)
    origin = origins.find(outputs)
    facts = _describe(spec, asked, said, questions, measured) | {
        "unknown": len(unknown),
        scores.ORIGIN: origin and origin.model_dump(mode="json"),
        "warnings": learnt.describe(origin.learnt) if origin else [],
    }
    _write(out_dir, spec, questions, measured, facts)
    return facts | {"variants": [_shorten(each) for each in facts["variants"]]}


def _choose_questions(spec: AnswersScore, asked: Quiz) -> list[QuizItem]:
    """Those of the form that the mode scores."""
    mode = MODES[spec.mode]
    found = [item for item in asked.items if item.is_choice == mode.needs_options]
    if not found:
        wanted = "with options" if mode.needs_options else "without options"
        raise BenchmarkImpossible(
            f"'{show(asked.facts.name)}' has no questions {wanted}, which is what scoring by "
            f"{mode.what} is about."
        )
    return found


def _measure(
    spec: AnswersScore, said: Said, items: Sequence[QuizItem], progress: Progress
) -> list[_Measured]:
    scopes = {item.key: item.scope if spec.scope == "auto" else spec.scope for item in items}
    found: list[_Measured] = []
    for scope in sorted(set(scopes.values())):
        questions = [answer_questions.make(item) for item in items if scopes[item.key] == scope]
        keys = {question.key for question in questions}
        for variant, beta in said.betas.items():
            progress.check()
            progress.update(len(found), unit=word("variants"))
            own = [output for output in said.outputs[variant] if output.key in keys]
            try:
                scored = scoring.score(questions, own, spec.mode)
            except OutputUnfit as error:
                raise BenchmarkImpossible(f"Of '{show(variant)}': {error}") from error
            found.append(_Measured(variant=variant, beta=beta, scope=scope, scored=scored))
    return found


def _describe(
    spec: AnswersScore,
    asked: Quiz,
    said: Said,
    items: Sequence[QuizItem],
    measured: Sequence[Measured],
) -> dict[str, Any]:
    tied = {item.key: ties.find(item) for item in items}
    return {
        "mode": spec.mode,
        "metric": spec.metric or spec.mode,
        "judge": MODES[spec.mode].what,
        "quiz": {"name": asked.facts.name, "digest": asked.facts.digest},
        "num_outputs": said.num_outputs,
        "num_questions": len(items),
        "num_groups": len({item.group for item in items}),
        "other_form": len(asked.items) - len(items),
        "variants": [each.to_json() for each in measured],
        "effects": tally.compare(measured, ties.find_clusters(tied)),
    }


def _shorten(variant: Mapping[str, Any]) -> dict[str, Any]:
    """A result is kept in a database: of what was left out, it has the number."""
    rest = {name: value for name, value in variant.items() if name != "left_out"}
    return rest | {"n_left_out": len(variant["left_out"])}


def _write(
    folder: Path,
    spec: AnswersScore,
    items: Sequence[QuizItem],
    measured: Sequence[_Measured],
    facts: Mapping[str, Any],
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tied = {item.key: ties.find(item) for item in items}
    tables.write(
        folder / "answers.csv",
        ("variant", "item_id", "seed", "answer", "correct", "kind", "raw"),
        (
            (
                each.variant,
                judged.output.key,
                judged.output.seed,
                _spell(judged.reply),
                "yes" if judged.is_right else "no",
                judged.reply.kind,
                judged.output.text,
            )
            for each in measured
            for judged in each.scored.judged
        ),
    )
    tables.write(
        folder / "items.csv",
        ("variant", "beta", "scope", "item_id", "score", "mode", "group", "picture"),
        (
            (each.variant, each.beta, each.scope, key, repr(value), spec.mode, *tied[key])
            for each in measured
            for key, value in each.scored.items.items()
        ),
    )
    tables.write(
        folder / "scores.csv",
        ("variant", "beta", "scope", "metric", "value", "lo", "hi", "mode"),
        (
            (each.variant, each.beta, each.scope, facts["metric"], value, 0, SCALE, spec.mode)
            for each in measured
            for value in ["" if each.scored.score is None else repr(each.scored.score)]
        ),
    )
    # The last: who finds it finds all of them.
    files.write_json(folder / "scores.json", facts)


def _spell(reply: Reply) -> str:
    return "" if reply.option is None else LETTERS[reply.option]
