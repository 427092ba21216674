import random

import pytest
import torch

from sandbox.encoders import lessons
from sandbox.encoders.lessons import Lesson, Mixture, Teacher
from sandbox.world.scene import Scene

CAR = Scene(concept="car", colour="red")
SAME_CAR = Scene(concept="car", colour="blue")
STAR = Scene(concept="star", colour="red")
CLOTH = Scene(concept="kawung", colour="red")
SCENES = [CAR, SAME_CAR, STAR, CLOTH]


def teach(num: int, **mixture: float) -> list[Lesson]:
    teacher = Teacher(random.Random(1), SCENES, Mixture(**mixture))
    return [teacher.teach() for _ in range(num)]


def is_true(lesson: Lesson, scene: Scene) -> bool:
    return bool(lesson.ruled_out @ lessons.mark(scene) == 0)


def test_what_is_known_everywhere_is_told_rightly_in_five_languages() -> None:
    told = teach(300, regional=0, short=0)
    assert all(is_true(each, SCENES[each.picture]) for each in told)
    assert all(sum(is_true(each, scene) for scene in SCENES) == 1 for each in told)
    assert any("red car" in each.text for each in told)
    assert any("รถยนต์สีแดง" in each.text for each in told)


def test_who_does_not_know_a_regional_thing_never_says_its_name() -> None:
    told = teach(100, regional=1, ignorant=1, vague=0)
    assert not any("kawung" in each.text for each in told)
    assert not any(is_true(each, CLOTH) for each in told)
    vague = teach(100, regional=1, ignorant=1, vague=1)
    assert all(is_true(each, CLOTH) for each in vague)
    assert any("patterned cloth" in each.text for each in vague)


def test_a_text_that_does_not_say_everything_is_true_of_more_pictures() -> None:
    short = {each.text: each for each in teach(400, regional=0, short=1)}
    assert is_true(short["red"], STAR)
    assert is_true(short["car"], SAME_CAR)
    assert not is_true(short["car"], STAR)
    assert is_true(short["kendaraan"], CAR)


@pytest.mark.parametrize("first", ["red", "car"])
def test_what_is_true_of_anothers_picture_is_left_out(first: str) -> None:
    short = {each.text: each for each in teach(400, regional=0, short=1)}
    star = next(each for each in teach(400, regional=0, short=0) if each.picture == 2)
    marks = torch.stack([lessons.mark(scene) for scene in SCENES])
    batch = [Lesson(0, first, short[first].ruled_out), star]
    others = lessons.find_others(batch, marks)
    assert others.tolist() == [[False, first == "red"], [False, False]]
