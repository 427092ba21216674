import re

import pytest

from sandbox.world import questions
from sandbox.world.scene import Scene, list_scenes

SCENES = list_scenes()


def test_a_tumpeng_is_asked_about_by_what_it_is_how_it_looks_and_where_it_stands() -> None:
    scene = Scene(concept="tumpeng", colour="yellow", size="small", place="left", background="cyan")
    rows = questions.questions(scene, item_id="r1", text="a small yellow tumpeng rice cone")
    asked = [(row.tuple, row.dependency, row.question_natural_language) for row in rows]
    assert asked == [
        ("entity - whole (tumpeng rice cone)", "0", "Is there a tumpeng rice cone?"),
        ("attribute - colour (tumpeng rice cone, yellow)", "1", "Is the tumpeng rice cone yellow?"),
        ("attribute - size (tumpeng rice cone, small)", "1", "Is the tumpeng rice cone small?"),
        ("relation - spatial (tumpeng rice cone, on the left)", "1",
         "Is the tumpeng rice cone on the left?"),
        ("attribute - colour (background, cyan)", "0", "Is the background cyan?"),
    ]  # fmt: skip
    assert [row.proposition_id for row in rows] == [1, 2, 3, 4, 5]


def test_several_are_counted_and_neither_sized_nor_placed() -> None:
    scene = Scene(concept="fish", colour="red", size="small", count=3)
    asked = [row.question_natural_language for row in questions.questions(scene)]
    assert asked == [
        "Are there fish?",
        "Are the fish red?",
        "Are there three fish?",
        "Is the background white?",
    ]


def test_every_question_of_every_scene_is_understood_and_means_what_the_scene_shows() -> None:
    phrases = questions.phrases()
    for scene in SCENES:
        right = questions.label(scene)
        for row in questions.questions(scene):
            head, phrase = _understand(row.question_natural_language)
            assert phrases[head][phrase] == right[head], row


def test_a_parent_is_asked_before_its_child() -> None:
    for scene in SCENES:
        for row in questions.questions(scene):
            assert int(row.dependency) < row.proposition_id


def test_the_columns_are_those_of_dsg() -> None:
    assert questions.COLUMNS == (
        "item_id", "text", "keywords", "proposition_id", "dependency", "category_broad",
        "category_detailed", "tuple", "question_natural_language",
    )  # fmt: skip


@pytest.mark.parametrize("asked", ["Is it nice?", "Is the star orange?", "Are there red?"])
def test_what_nobody_taught_is_not_understood(asked: str) -> None:
    head, phrase = _understand(asked)
    assert phrase not in questions.phrases().get(head, {})


def _understand(question: str) -> tuple[str, str]:
    for head, pattern in questions.TEMPLATES:
        if found := re.fullmatch(pattern, question, re.IGNORECASE):
            return head, found["phrase"]
    return "", ""
