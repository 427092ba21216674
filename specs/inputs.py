"""What a piece of work reads, besides its own fields, and where it leaves what others read.

For each input the specification has a field of the same name, and the computation an argument of
the same name. The field holds a reference: the name of a row in the panel, a path on the terminal,
nothing when a step before supplies it. Doors turn references into paths; computations see paths.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

Readable = Literal[
    "dataset",
    "model",
    "prompts",
    "outputs",
    "questions",
    "answers",
    "scores",
    "quiz",
    "passages",
    "knowledge",
    "vectors",
]

# In `makes`, "" is the folder itself. This stands for one of several, which the reference of
# whoever reads names.
NAMED = "*"


@dataclass(frozen=True, kw_only=True)
class Input:
    name: str
    what: Readable
    required: bool = True
    # Of knowledge: chunks that can be searched, not passages alone.
    indexed: bool = False


class NotMade(ValueError):
    """A step supplies what it does not make."""


def locate(kind: str, makes: Mapping[Readable, str], what: Readable, reference: str) -> str:
    """Where in the folder of a step before lies what another one reads from it."""
    if what not in makes:
        made = ", ".join(makes) or "nothing that another step reads"
        raise NotMade(f"'{kind}' makes no {what}; it makes {made}.")
    if makes[what] != NAMED:
        return makes[what]
    if not reference or PurePosixPath(reference).name != reference or reference == "..":
        raise NotMade(
            f"'{kind}' makes several of what is read as {what}: name one, such as beta-0.25."
        )
    return reference
