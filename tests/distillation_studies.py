"""A study of distillation as one job's worth of numbers: made up, the same every time, with a
trade-off, a method that keeps everything, and one that fails a language.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from specs.distillation.registry import FORMULATIONS
from stats.distillation.rows import ALL, TEACHER, Row
from stats.distillation.study import Conditions, Material, Method, Student, Study, Teacher

LANGUAGES = ("en", "id", "km", "th", "vi")
SEEDS = (0, 1)
_NUM_QUERIES = 96
# Shares of the teacher's: finding, answering, agreeing.
_STRENGTHS: Mapping[str, tuple[float, float, float]] = {
    "FD": (0.93, 0.95, 0.97),
    "ED": (0.90, 1.02, 1.05),
    "SD": (0.84, 0.88, 0.90),
    "MCL": (0.78, 0.81, 0.99),
    "DR": (0.985, 0.93, 0.96),
    "0.5 ED + DR": (0.97, 0.98, 1.01),
}
_TEACHERS = {"World CLIP": ("CLIP", 0.0), "World SigLIP2": ("SigLIP2", 6.0)}
_OF_LANGUAGE = {"en": 74.0, "id": 71.0, "km": 58.0, "th": 64.0, "vi": 68.0}


def make_study(*, labels: Sequence[str] = tuple(_STRENGTHS), **changes: Any) -> Study:
    teachers = changes.pop("teachers", tuple(_TEACHERS))
    seeds = changes.pop("seeds", SEEDS)
    study = Study(
        name="Five ways to halve",
        conditions=Conditions(
            dataset=Material(name="Captions", digest="a1" * 32),
            test=Material(name="Other captions", digest="b2" * 32),
            quiz=Material(name="Dishes", digest="c3" * 32),
            start="every-other",
            steps=1200,
            batch_size=64,
            learning_rate=1e-4,
        ),
        teachers=tuple(
            Teacher(name=name, architecture=_TEACHERS[name][0], digest="d4" * 32)
            for name in teachers
        ),
        methods=tuple(Method(label=label, formulations=_write(label)) for label in labels),
        seeds=tuple(seeds),
        students=tuple(
            Student(
                name=f"{teacher}, {label}, seed {seed}", digest="e5" * 32, teacher=teacher,
                method=label, seed=seed,
            )
            for teacher in teachers
            for label in labels
            for seed in seeds
        ),
        rows=tuple(_list_rows(teachers, labels, seeds)),
    )  # fmt: skip
    return replace(study, **changes)


def _write(label: str) -> tuple[Mapping[str, Any], ...]:
    found = []
    for part in label.split(" + "):
        weight, _space, name = part.rpartition(" ")
        told = {"method": name.lower(), "weight": float(weight or 1)}
        found.append(FORMULATIONS[name.lower()].model_validate(told).model_dump(mode="json"))
    return tuple(found)


def _list_rows(
    teachers: Sequence[str], labels: Sequence[str], seeds: Sequence[int]
) -> Iterator[Row]:
    chance = random.Random(7)
    for teacher in teachers:
        for method in (TEACHER, *labels):
            for seed in (None,) if method == TEACHER else seeds:
                for task, measure, language, value in _list_values(teacher, method, chance):
                    yield Row(
                        teacher=teacher,
                        method=method,
                        seed=seed,
                        task=task,
                        measure=measure,
                        language=language,
                        value=value,
                        num_items=_NUM_QUERIES,
                    )


def _list_values(
    teacher: str, method: str, chance: random.Random
) -> Iterator[tuple[str, str, str, float]]:
    is_teacher = method == TEACHER
    finding, answering, agreeing = (1.0, 1.0, 1.0) if is_teacher else _STRENGTHS[method]
    more = _TEACHERS[teacher][1]

    def shake() -> float:
        return 0.0 if is_teacher else chance.uniform(-0.4, 0.4)

    for task, less in (("image-to-text", 0.0), ("text-to-image", 3.0)):
        values = {
            language: (_OF_LANGUAGE[language] + more - less) * _weigh(method, language, finding)
            + shake()
            for language in LANGUAGES
        }
        for language, value in values.items():
            yield task, "MRR@10", language, value
            yield task, "R@1", language, value - 12.0
        yield task, "MRR@10", ALL, sum(values.values()) / len(values)
    answers = {language: (55.0 + more) * answering + shake() for language in LANGUAGES}
    yield from (("zeroshot", "accuracy", language, value) for language, value in answers.items())
    yield "zeroshot", "accuracy", ALL, sum(answers.values()) / len(answers)
    yield "consistency", "rank correlation", ALL, 0.71 * agreeing + shake() / 100
    yield "purity", "purity", ALL, 62.0 * agreeing + shake()
    if not is_teacher:
        yield "pictures-alike", "CKA", ALL, 0.9 * finding + shake() / 100
        yield "texts-alike", "CKA", ALL, 0.86 * finding + shake() / 100
    yield "size", "parameters", ALL, 151_277_313.0 if is_teacher else 88_193_281.0
    yield "size", "bytes", ALL, 605_156_676.0 if is_teacher else 352_816_412.0
    yield "speed", "pictures per second", ALL, 41.0 if is_teacher else 78.0 + shake()
    yield "speed", "texts per second", ALL, 210.0 if is_teacher else 395.0 + shake()
    if not is_teacher:
        yield "speed", "pictures, times the teacher's", ALL, 1.9 + shake() / 10
        yield "speed", "texts, times the teacher's", ALL, 1.88 + shake() / 10


def _weigh(method: str, language: str, finding: float) -> float:
    """Khmer is what the contrast loses, and what the English control keeps."""
    return finding * {("MCL", "km"): 0.7, ("DR", "km"): 0.965, ("ED", "km"): 1.09}.get(
        (method, language), 1.0
    )
