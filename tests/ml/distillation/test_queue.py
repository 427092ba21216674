"""The queues of distributional replication: their order, and how old what is in them may be."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from ml.distillation.losses import dr
from ml.distillation.queue import Queue
from ml.distillation.vectors import Batch, Layout, Vectors
from specs.distillation.dr import DistributionalReplication

LAYOUT = Layout(num_items=2, items=(0, 1), languages=("en", "en"))


def number(*values: int) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)[:, None]


def draw(seed: int) -> Vectors:
    random = torch.Generator().manual_seed(seed)
    pictures, sentences = torch.randn(2, 2, 4, dtype=torch.float64, generator=random)
    return Vectors.of(pictures, sentences)


def test_what_came_first_leaves_first() -> None:
    queue = Queue(4)
    for batch in (number(1, 2), number(3, 4), number(5)):
        queue.take_in(batch)
    assert queue.held is not None
    assert queue.held[:, 0].tolist() == [2, 3, 4, 5]


@given(st.integers(1, 9), st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_queue_holds_the_latest_in_their_order(size: int, batches: list[int]) -> None:
    queue, all_of_them = Queue(size), list[int]()
    for step, length in enumerate(batches):
        added = [100 * step + place for place in range(min(length, size))]
        queue.take_in(number(*added))
        all_of_them += added
        assert queue.held is not None
        assert queue.held[:, 0].tolist() == all_of_them[-size:]


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 30))
def test_nothing_in_a_queue_is_older_than_as_many_batches_as_it_holds(
    batch_size: int, num_batches: int, num_steps: int
) -> None:
    queue = Queue(batch_size * num_batches)
    for step in range(num_steps):
        queue.take_in(number(*[step] * batch_size))
    assert queue.held is not None
    ages = num_steps - 1 - queue.held[:, 0]
    assert ages.min() == 0
    assert ages.max() == min(num_batches, num_steps) - 1


def test_a_batch_that_does_not_fit_is_refused_rather_than_cut() -> None:
    with pytest.raises(ValueError, match="3 vectors of one batch do not fit into a queue of 2"):
        Queue(2).take_in(number(1, 2, 3))


def test_queue_holds_no_gradients_and_no_more_memory_than_it_needs() -> None:
    queue = Queue(2)
    queue.take_in(number(1, 2).requires_grad_())
    queue.take_in(number(3))
    assert queue.held is not None
    assert not queue.held.requires_grad
    assert queue.held.untyped_storage().nbytes() == 2 * 8


def test_a_batch_is_among_what_it_is_compared_with() -> None:
    loss = dr.Loss(DistributionalReplication(queue_size=2))
    for seed in (1, 2):
        loss.take_in(draw(seed))
    held = loss.queues["pictures"].held
    assert held is not None
    assert torch.equal(held, draw(2).pictures)


def test_comparing_changes_no_queue() -> None:
    loss = dr.Loss(DistributionalReplication(queue_size=8))
    loss.take_in(draw(1))
    batch = Batch(student=draw(3), teacher=draw(1), layout=LAYOUT)
    assert loss.compute(batch) == loss.compute(batch)


def test_queues_that_were_packed_go_on_as_if_nothing_had_happened() -> None:
    spec = DistributionalReplication(queue_size=3)
    loss, again = dr.Loss(spec), dr.Loss(spec)
    loss.take_in(draw(1))
    again.unpack(loss.pack())
    for each in (loss, again):
        each.take_in(draw(2))
    batch = Batch(student=draw(3), teacher=draw(2), layout=LAYOUT)
    assert torch.equal(loss.compute(batch), again.compute(batch))
    assert dr.Loss(spec).pack() == {}
