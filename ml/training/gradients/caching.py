"""Gradients of a loss over a whole batch in the memory of a part of it (arXiv 2101.06983).

A contrastive loss needs all vectors of a batch at once, but not all that was computed on the way to
them. So the parts go through the model twice: first for their vectors alone, from which the loss
and its gradient at each vector follow; then one after another again, each carrying the gradients of
its vectors back into the weights. They are those of the one big batch, not an approximation.

What is random in the model (dropout) is the same in both passes. One process alone: a team would
have to gather vectors as well.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import Tensor

P = TypeVar("P")


@dataclass(frozen=True)
class Parts(Generic[P]):
    """Of one kind, such as the pictures of a batch, and how they become vectors [part, D]."""

    parts: Sequence[P]
    embed: Callable[[P], Tensor]


def go_back(
    groups: Mapping[str, Parts[P]],
    measure: Callable[[dict[str, Tensor]], Tensor],
    *,
    check: Callable[[], None] = lambda: None,
) -> Tensor:
    """Adds the gradients of `measure` to the weights' own, and gives what it gave.

    It is asked once, with all vectors of each group one below the other, in fp32 at least. `check`
    is called before each part and may raise, to stop.
    """
    looks = {name: [_look(group, part, check) for part in group.parts]
             for name, group in groups.items()}  # fmt: skip
    vectors = {name: torch.cat([each.vectors for each in found]) for name, found in looks.items()}
    for each in vectors.values():
        each.requires_grad_()
    loss = measure(vectors)
    loss.backward()  # type: ignore[no-untyped-call]
    for name, group in groups.items():
        gradient = vectors[name].grad
        if gradient is None:  # it has no part in the loss
            continue
        shares = torch.split(gradient, [len(each.vectors) for each in looks[name]])
        for part, look, share in zip(group.parts, looks[name], shares, strict=True):
            check()
            with _as_before(look.random):
                again = group.embed(part)
            if not again.requires_grad:  # nothing on this way is trained, in no part of it
                break
            again.backward(share.to(again.dtype))  # type: ignore[no-untyped-call]
    return loss.detach()


@dataclass(frozen=True)
class _Look:
    vectors: Tensor
    random: list[Tensor]  # states: of the processor, then of each GPU


@torch.no_grad()
def _look(group: Parts[P], part: P, check: Callable[[], None]) -> _Look:
    check()
    random = [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]
    vectors = group.embed(part)
    return _Look(vectors.to(torch.promote_types(vectors.dtype, torch.float32)), random)


@contextmanager
def _as_before(random: Sequence[Tensor]) -> Iterator[None]:
    """The random numbers of another time; afterwards those of now."""
    first, *others = random
    with torch.random.fork_rng(devices=range(len(others))):
        torch.set_rng_state(first)
        torch.cuda.set_rng_state_all(others)
        yield
