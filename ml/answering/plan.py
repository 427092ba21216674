"""What will be answered, as values: it can be shown, stored and tested without a model.

Questions of about the same length are answered together, because a batch is as long as its longest
question. Batches are cut from the whole plan and never from what remains of it: the last bits of an
answer depend on what is beside it, so a run that goes on later cuts the same ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from ml.answering.passages import Passages
from ml.answering.problems import CannotAnswer
from specs.kinds.model.model_merge import name_beta
from specs.quiz import QuizItem


@dataclass(frozen=True)
class Variant:
    name: str
    beta: float | None  # None: the model as it is, not a sweep


@dataclass(frozen=True)
class Ask:
    """One answer of every variant."""

    number: int
    item: QuizItem
    seed: int
    passages: Passages


@dataclass(frozen=True)
class Batch:
    index: int
    asks: tuple[Ask, ...]


@dataclass(frozen=True)
class Plan:
    variants: tuple[Variant, ...]
    batches: tuple[Batch, ...]
    batch_size: int

    @property
    def asks(self) -> tuple[Ask, ...]:
        return tuple(ask for batch in self.batches for ask in batch.asks)

    @property
    def num_answers(self) -> int:
        return len(self.variants) * len(self.asks)


def make(
    items: Sequence[QuizItem],
    passages: Mapping[str, Passages],
    *,
    seeds: Sequence[int],
    betas: Sequence[float] = (),
    batch_size: int,
    measure: Callable[[QuizItem, Passages], int],
) -> Plan:
    """`measure` says how long a question is. Without betas, the model is the one variant."""
    asks = [
        Ask(number, item, seed, passages.get(item.key, ()))
        for number, (item, seed) in enumerate(product(items, seeds))
    ]
    lengths = {item.key: measure(item, passages.get(item.key, ())) for item in items}
    # Those with pictures apart: a picture is worth many tokens.
    asks.sort(key=lambda ask: (bool(ask.item.picture), lengths[ask.item.key], ask.number))
    batches = tuple(
        Batch(index, tuple(asks[start : start + batch_size]))
        for index, start in enumerate(range(0, len(asks), batch_size))
    )
    variants = tuple(Variant(name_beta(beta), beta) for beta in betas)
    names = [variant.name for variant in variants]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise CannotAnswer(f"Two betas would both be called '{twice}'.")
    return Plan(variants or (Variant("model", None),), batches, batch_size)
