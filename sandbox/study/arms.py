"""The arms of the sandbox's studies, by their names: what of them is known before anything is read.

Of pictures: the mixtures of a sweep, and what the world itself draws. Of answers: the model before
and after it was taught, each alone and with what was found in the knowledge base.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from domain.variants import rules
from specs.study.design import Medium

# What people rate: a file of content, a folder of words, and a command of `ggez sandbox`.
Offered = Literal["pictures", "answers"]
OFFERED: tuple[Offered, ...] = ("pictures", "answers")
MEDIA: Mapping[Offered, Medium] = {"pictures": "picture", "answers": "answer"}

NAME = "Sandbox study"
BETAS = (0.0, 0.25, 0.5, 0.75, 1.0)
DRAWN = f"{NAME} drawings"  # in the place of real photos: controls, never compared

ANSWERS = "Sandbox answers"
ASKED_BETAS = (0.0, 0.75)  # the base, and what the recipe's rule chose on the other half
WRITTEN = f"{ANSWERS} practice"  # written by hand, to practise on: never compared


def name_arm(beta: float) -> str:
    return rules.name_merge(NAME, beta)


def name_answering(beta: float, *, is_retrieved: bool) -> str:
    alone = rules.name_merge(ANSWERS, beta)
    return f"{alone}, retrieved" if is_retrieved else alone


BASELINE = name_arm(0.0)


@dataclass(frozen=True, kw_only=True)
class Arms:
    baseline: str
    aside: str  # not compared with the others


ARMS: Mapping[Offered, Arms] = {
    "pictures": Arms(baseline=BASELINE, aside=DRAWN),
    "answers": Arms(baseline=name_answering(0.0, is_retrieved=False), aside=WRITTEN),
}
