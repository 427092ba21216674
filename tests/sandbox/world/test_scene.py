import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.world import drawings, scene
from sandbox.world.concepts import BY_KEY, CONCEPTS, Concept, list_concepts
from sandbox.world.scene import Scene

SCENES = scene.list_scenes()
scenes = st.sampled_from(SCENES)
seeds = st.integers(0, 2**31 - 1)


def paint(what: Scene, seed: int = 0) -> np.ndarray:
    return np.asarray(scene.draw(what, seed)).astype(int)


def count_near(picture: np.ndarray, colour: tuple[int, int, int], within: int = 16) -> int:
    return int((np.abs(picture - colour).max(axis=2) <= within).sum())


def measure_thing(picture: np.ndarray) -> np.ndarray:
    """Where the picture is not background: the corners are."""
    return np.abs(picture - picture[0, 0]).max(axis=2) > 40


def test_the_world_holds_what_the_paper_has_strata_for() -> None:
    assert len(list_concepts("global")) >= 12
    strata = {c.stratum for c in list_concepts("regional")}
    assert strata == {"tradition", "landmark", "cuisine"}
    assert {c.key for c in list_concepts("regional")} == {
        "kawung", "parang", "ikat", "wayang", "wau", "candi_bentar", "rumah_gadang", "stupa",
        "stilt_house", "tumpeng", "ketupat", "klepon",
    }  # fmt: skip
    assert set(drawings.DRAWINGS) == set(BY_KEY)


@settings(max_examples=40, deadline=None)
@given(scenes, seeds)
def test_the_same_scene_and_seed_give_the_same_bytes_and_another_seed_others(
    what: Scene, seed: int
) -> None:
    first = scene.draw(what, seed)
    assert first.size == (64, 64)
    assert first.mode == "RGB"
    assert first.tobytes() == scene.draw(what, seed).tobytes()
    assert first.tobytes() != scene.draw(what, seed + 1).tobytes()


@settings(max_examples=60, deadline=None)
@given(scenes, seeds)
def test_the_colour_is_seen_and_no_other_of_the_colours_is_seen_more(
    what: Scene, seed: int
) -> None:
    picture = paint(what, seed)
    seen = {name: count_near(picture, rgb) for name, rgb in scene.COLOURS.items()}
    assert seen[what.colour] >= 25 * what.count
    # Leaves are green and an egg is yellow whatever the thing: never as much of it.
    assert max(seen, key=lambda name: seen[name]) == what.colour


@settings(max_examples=60, deadline=None)
@given(scenes, seeds)
def test_the_background_is_the_one_that_is_nearest(what: Scene, seed: int) -> None:
    picture = paint(what, seed)
    edge = np.median(np.concatenate([picture[0], picture[:, 0], picture[:, -1]]), axis=0)
    distances = {name: float(np.abs(edge - rgb).sum()) for name, rgb in scene.BACKGROUNDS.items()}
    assert min(distances, key=lambda name: distances[name]) == what.background


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.key)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_large_thing_fills_the_picture_and_is_whole(concept: Concept, seed: int) -> None:
    mask = measure_thing(paint(Scene(concept=concept.key, colour="blue"), seed))
    rows, columns = np.nonzero(mask)
    assert max(np.ptp(rows), np.ptp(columns)) >= 42
    border = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    assert border.sum() <= 20  # a tip may touch the edge


@pytest.mark.parametrize("concept", [c for c in CONCEPTS if c.is_small_too], ids=lambda c: c.key)
def test_a_small_thing_stands_where_it_is_said_to(concept: Concept) -> None:
    for place, low, high in (("left", 8, 25), ("centre", 25, 39), ("right", 39, 56)):
        what = Scene(concept=concept.key, colour="red", size="small", place=place)  # type: ignore[arg-type]
        for seed in range(3):
            mask = measure_thing(paint(what, seed))
            assert low < np.nonzero(mask)[1].mean() < high
            assert np.ptp(np.nonzero(mask)[1]) <= 32


@pytest.mark.parametrize("concept", ["circle", "star", "tumpeng", "ketupat", "stupa", "car"])
@pytest.mark.parametrize("count", [2, 3])
def test_several_things_stand_apart_and_can_be_counted(concept: str, count: int) -> None:
    what = Scene(concept=concept, colour="blue", size="small", count=count)
    for seed in range(6):
        assert count_blobs(measure_thing(paint(what, seed))) == count


def count_blobs(mask: np.ndarray, least: int = 60) -> int:
    """Connected regions of at least so many pixels, by flooding."""
    left, found = mask.copy(), 0
    while left.any():
        stack = [tuple(np.argwhere(left)[0])]
        size = 0
        while stack:
            y, x = stack.pop()
            if 0 <= y < 64 and 0 <= x < 64 and left[y, x]:
                left[y, x] = False
                size += 1
                stack += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
        found += size >= least
    return found


def test_no_two_things_look_alike() -> None:
    pictures = {c.key: paint(Scene(concept=c.key, colour="purple")) for c in CONCEPTS}
    keys = sorted(pictures)
    for index, first in enumerate(keys):
        for second in keys[index + 1 :]:
            difference = np.abs(pictures[first] - pictures[second]).mean()
            assert difference > 12, (first, second)


def test_edges_are_smooth() -> None:
    picture = scene.draw(Scene(concept="circle", colour="blue"), 0)
    assert len(picture.getcolors(64 * 64) or []) >= 25  # two colours and ink would be three


def test_sampling_is_even_over_things_and_repeats() -> None:
    rng, again = random.Random(5), random.Random(5)
    drawn = [scene.sample(rng) for _ in range(2500)]
    assert drawn == [scene.sample(again) for _ in range(2500)]
    counted = {c.key: sum(s.concept == c.key for s in drawn) for c in CONCEPTS}
    assert min(counted.values()) > 60
    assert max(counted.values()) < 145
    assert {s.count for s in drawn} == {1, 2, 3}
    small = [s for s in drawn if s.thing.is_small_too]
    assert 0.33 < sum(s.size == "large" for s in small) / len(small) < 0.47


def test_every_scene_is_another_one_and_cloths_are_always_large() -> None:
    assert len(set(SCENES)) == len(SCENES) == 24 * (13 * 6 + 5 * 6 + 7)
    assert {s.size for s in SCENES if s.concept == "kawung"} == {"large"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"concept": "dragon"}, "no concept 'dragon'"),
        ({"colour": "orange"}, "no colour 'orange' on the background 'white'"),
        ({"count": 4, "size": "small"}, "4 of 'star', small, centre"),
        ({"place": "left"}, "1 of 'star', large, left"),
        ({"concept": "kawung", "size": "small"}, "1 of 'kawung', small, centre"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_sentence(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(scene.ImpossibleScene, match=message):
        Scene(**{"concept": "star", "colour": "red", **changes})  # type: ignore[arg-type]
