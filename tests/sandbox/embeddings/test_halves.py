from collections import Counter

from sandbox.embeddings import halves
from sandbox.world.concepts import CONCEPTS


def test_no_scene_is_in_both_halves() -> None:
    choose, report = halves.list_half("choose"), halves.list_half("report")
    assert not set(choose) & set(report)
    assert len(set(choose)) == len(choose) == len(report)


def test_things_come_up_evenly() -> None:
    counted = Counter(scene.concept for scene in halves.list_half("report"))
    assert counted == {concept.key: halves.SCENES for concept in CONCEPTS}


def test_the_scenes_are_the_same_every_time_and_fewer_are_the_first_of_them() -> None:
    assert halves.list_half("choose") == halves.list_half("choose")
    few = halves.list_half("choose", num_scenes=1)
    assert few == halves.list_half("choose")[:: halves.SCENES]
