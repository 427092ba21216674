from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml.training.data.order import Order

GROUPS = {0: [0, 3, 4, 7, 9], 1: [1, 2], 2: [5, 6, 8]}


def make(**changes: int) -> Order:
    settings = {"batch_size": 2, "num_views": 1, "seed": 7}
    return Order(GROUPS, **(settings | changes))


def walk(order: Order, num_steps: int) -> list[int]:
    return [item for step in range(num_steps) for item in order.find(step).items.tolist()]


@given(st.integers(1, 25), st.integers(0, 5), st.integers(0, 2**32 - 1))
def test_every_epoch_sees_every_picture_once(batch_size: int, number: int, seed: int) -> None:
    order = make(batch_size=batch_size, seed=seed)
    seen = walk(order, -(-10 * (number + 1) // batch_size))
    assert sorted(seen[10 * number : 10 * (number + 1)]) == list(range(10))


@given(st.integers(1, 25), st.integers(1, 12), st.integers(0, 9))
def test_parts_of_a_step_have_one_shape_and_hold_each_position_once(
    batch_size: int, micro_batch: int, step: int
) -> None:
    order = make(batch_size=batch_size)
    seen = order.find(step)
    parts = order.cut(seen, micro_batch)
    assert sorted(np.concatenate(parts).tolist()) == list(range(batch_size))
    assert len(parts) >= -(-batch_size // micro_batch)
    for positions in parts:
        items = set(seen.items[positions].tolist())
        assert len(positions) <= micro_batch
        assert sum(not items.isdisjoint(group) for group in GROUPS.values()) == 1


def test_shapes_stand_together_as_far_as_a_batch_reaches() -> None:
    """Else every step would meet every shape, and parts would be small."""
    groups = {shape: list(range(100 * shape, 100 * shape + 96)) for shape in range(4)}
    order = Order(groups, batch_size=8, num_views=1, seed=0)
    for step in range(48):  # one epoch, of pictures that make whole batches
        assert len(order.cut(order.find(step), 8)) == 1
    groups[4] = [1000, 1001, 1002]
    order = Order(groups, batch_size=8, num_views=1, seed=0)
    numbers = [len(order.cut(order.find(step), 8)) for step in range(96)]
    assert max(numbers) <= 3


def test_epochs_differ_and_repeat_with_their_seed() -> None:
    seen = walk(make(), 10)
    assert seen[:10] != seen[10:]
    assert walk(make(), 10) == seen
    assert walk(make(seed=8), 10) != seen


def test_any_step_is_found_without_those_before_it() -> None:
    walked = [make().find(step).items.tolist() for step in range(12)]
    order = make()
    assert order.find(11).items.tolist() == walked[11]
    assert order.find(2).items.tolist() == walked[2]
    assert any(one != other for one, other in pairwise(walked))


def test_a_batch_may_be_larger_than_the_data_set() -> None:
    seen = make(batch_size=25).find(0).items.tolist()
    assert set(Counter(seen).values()) == {2, 3}


def test_epochs_take_turns_with_the_views_of_a_picture() -> None:
    order = make(num_views=3)
    seen: Counter[tuple[int, int]] = Counter()
    for step in range(15):
        found = order.find(step)
        seen.update(zip(found.items.tolist(), found.views.tolist(), strict=True))
    assert set(seen) == {(item, view) for item in range(10) for view in range(3)}
    assert set(seen.values()) == {1}
