import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import Invalid, NotFound, Sentence


class PromptSetNotFound(NotFound):
    def __init__(self, prompt_set_id: uuid.UUID) -> None:
        super().__init__("There is no prompt set %(id)s.", id=prompt_set_id)


class PromptSetNameUnknown(Invalid):
    def __init__(self, name: str) -> None:
        super().__init__("There is no prompt set '%(name)s'.", field="prompt_set", name=name)


@dataclass(frozen=True)
class LineProblem:
    """What is wrong with one line of what was sent."""

    line: int  # from 1
    sentence: Sentence


class PromptsWrong(Invalid):
    """Says the first problem; `problems` has the first few with their lines."""

    def __init__(self, problems: Sequence[LineProblem], *, num_more: int = 0) -> None:
        first = problems[0]
        super().__init__(
            "Line %(line)s: %(problem)s",
            field="text",
            line=first.line,
            problem=first.sentence,
        )
        self.problems = tuple(problems)
        self.num_more = num_more


class NoPrompts(Invalid):
    def __init__(self) -> None:
        super().__init__("There are no prompts in it.", field="text")


class TooManyPrompts(Invalid):
    def __init__(self, found: int, most: int) -> None:
        super().__init__(
            "There are %(found)s prompts in it; a set has at most %(most)s.",
            field="text",
            found=found,
            most=most,
        )
