"""A study of two methods, two seeds and two languages, written by hand."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from stats.distillation.rows import TEACHER, Row
from stats.distillation.study import Conditions, Material, Method, Student, Study, Teacher

CONDITIONS = Conditions(
    dataset=Material(name="Captions", digest="d1"),
    test=Material(name="Report", digest="d2"),
    quiz=None,
    start="every-other",
    steps=100,
    batch_size=16,
    learning_rate=1e-3,
)
SEEDS = (0, 1)
# By method, task and language: one value per seed. The teacher has 80 everywhere in retrieval.
VALUES: Mapping[tuple[str, str, str], Sequence[float]] = {
    (TEACHER, "image-to-text", "en"): [80.0],
    (TEACHER, "image-to-text", "th"): [80.0],
    ("DR", "image-to-text", "en"): [80.0, 78.0],
    ("DR", "image-to-text", "th"): [60.0, 62.0],
    ("ED", "image-to-text", "en"): [66.0, 70.0],
    ("ED", "image-to-text", "th"): [66.0, 68.0],
}
SPEAKING = {
    "image-to-text": "MRR@10", "text-to-image": "MRR@10", "zeroshot": "accuracy",
    "consistency": "rank correlation", "purity": "purity",
}  # fmt: skip

MakeRows = Callable[..., list[Row]]
MakeStudy = Callable[..., Study]


def make_rows(
    values: Mapping[tuple[str, str, str], Sequence[float]] = VALUES,
    *,
    num_items: int = 100,
    teacher: str = "clip",
) -> list[Row]:
    return [
        Row(
            teacher=teacher,
            method=method,
            seed=None if method == TEACHER else SEEDS[place],
            task=task,
            measure=SPEAKING[task],
            language=language,
            value=value,
            num_items=num_items,
        )
        for (method, task, language), of_seeds in values.items()
        for place, value in enumerate(of_seeds)
    ]


def make_study(**changes: Any) -> Study:
    methods = changes.pop("labels", ("DR", "ED"))
    usual: dict[str, Any] = {
        "name": "Two methods",
        "conditions": CONDITIONS,
        "teachers": (Teacher(name="clip", architecture="CLIP", digest="t"),),
        "methods": tuple(
            Method(label=label, formulations=({"method": label.lower(), "weight": 1.0},))
            for label in methods
        ),
        "seeds": SEEDS,
        "students": tuple(
            Student(
                name=f"{label} {seed}", digest=f"{label}{seed}", teacher="clip", method=label,
                seed=seed,
            )
            for label in methods
            for seed in SEEDS
        ),
        "rows": tuple(make_rows()),
    }  # fmt: skip
    return Study(**(usual | changes))


@pytest.fixture(name="make_rows")
def _make_rows() -> MakeRows:
    return make_rows


@pytest.fixture(name="make_study")
def _make_study() -> MakeStudy:
    return make_study
