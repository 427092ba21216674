"""Which pictures are learnt with their captions, and which are held out to see how it goes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ml.training.data.captioned import Item
from ml.training.problems import UnfitForTraining
from specs.kinds.model.model_align import ModelAlign

_LEAST = 2  # of what is told apart


@dataclass(frozen=True)
class Chosen:
    """Numbers of items."""

    learnt: tuple[int, ...]
    held_out: tuple[int, ...]


def choose(items: Sequence[Item], spec: ModelAlign) -> Chosen:
    """All captions of a picture go the same way. Of one picture nothing could be told apart: then
    none is held out. What nobody will look at is learnt.
    """
    _check_apart(items)
    # By a digest, so that one picture more does not change all the others' way.
    order = sorted(range(len(items)), key=lambda number: _hash(items[number].digest, spec.seed))
    share = round(spec.held_out * len(items))
    wished = min(share, spec.max_evaluated, len(items) - _LEAST)
    num_held_out = wished if wished >= _LEAST else 0
    chosen = Chosen(
        learnt=tuple(sorted(order[num_held_out:])),
        held_out=tuple(sorted(order[:num_held_out])),
    )
    _check_batch([items[number] for number in chosen.learnt], spec, num_held_out)
    return chosen


def _hash(digest: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}\n{digest}".encode()).hexdigest()


def _check_apart(items: Sequence[Item]) -> None:
    texts = {words for item in items for _, words in item.captions}
    for what, number in (("picture", len(items)), ("caption", len(texts))):
        if number < _LEAST:
            raise UnfitForTraining(
                f"The data set has only {number} {what} that differs from the others; what belongs "
                f"together is learnt against what does not, so there must be at least {_LEAST}."
            )


def _check_batch(learnt: Sequence[Item], spec: ModelAlign, num_held_out: int) -> None:
    """An item that is compared with itself would be wrong and right."""
    number = sum(len(item.captions) for item in learnt)
    if number < spec.batch_size:
        raise UnfitForTraining(
            f"A batch of {spec.batch_size:,} needs as many captions; there are {number:,} to learn "
            f"({num_held_out:,} pictures are held out). Set a smaller batch."
        )
