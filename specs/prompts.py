"""A prompt as it is written down, and how long it may be: the same for what people send, what is
imported, and what computations read.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal, get_args

Scope = Literal["global", "regional"]

MOST_PROMPTS = 20_000
LONGEST_TEXT = 4000
LONGEST_VALUE = 120
SCOPES: tuple[str, ...] = get_args(Scope)
FIELDS = (
    *("key", "text", "negative", "scope", "stratum"),
    *("region", "country", "language", "category"),
)


@dataclass(frozen=True, kw_only=True)
class PromptLine:
    key: str
    text: str
    negative: str = ""
    scope: str = "global"
    stratum: str = ""
    region: str = ""
    country: str = ""
    language: str = ""
    category: str = ""

    def to_json(self) -> str:
        """As one line of a file of prompts: always the same, without what is empty."""
        values = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(values, ensure_ascii=False)


def write(prompts: Sequence[PromptLine]) -> str:
    """The file that a computation reads."""
    return "".join(f"{prompt.to_json()}\n" for prompt in prompts)


def digest(prompts: Sequence[PromptLine]) -> str:
    return hashlib.sha256(write(prompts).encode()).hexdigest()


def longest(name: str) -> int:
    """How many characters a field may have."""
    return LONGEST_TEXT if name in ("text", "negative") else LONGEST_VALUE
