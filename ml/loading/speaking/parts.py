"""Which part of a vision-language model a weight is of: what reads and writes, what sees, what lies
between, or what hears.
"""

from dataclasses import dataclass
from typing import Literal

Part = Literal["language", "vision", "projector", "hearing"]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Modules and weights as the classes of a family call them; what is in a module is of its part,
    unless it is named itself.
    """

    language: tuple[str, ...]
    vision: tuple[str, ...]
    projector: tuple[str, ...]
    hearing: tuple[str, ...] = ()

    def find(self, name: str) -> Part | None:
        """Of a weight or a layer; None where the family says nothing of it."""
        named: dict[str, Part] = {
            **dict.fromkeys(self.language, "language"),
            **dict.fromkeys(self.vision, "vision"),
            **dict.fromkeys(self.projector, "projector"),
            **dict.fromkeys(self.hearing, "hearing"),
        }
        while name not in named and name:
            name = name.rpartition(".")[0]
        return named.get(name)
