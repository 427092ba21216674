import uuid
from collections.abc import Sequence

from domain.errors import Conflict, Invalid, NotFound


class StudyNotFound(NotFound):
    def __init__(self, study_id: uuid.UUID) -> None:
        super().__init__("There is no study %(id)s.", id=study_id)


class StudyNameNotFound(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__("There is no study '%(name)s'.", name=name)


class NoSandboxStudy(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no study of the sandbox here.")


class StudyFrozen(Conflict):
    def __init__(self, name: str, state: str) -> None:
        super().__init__(
            "Study '%(name)s' is %(state)s: arms, scale, criteria and prompts are frozen. A better "
            "wording can still be saved; it makes a new version.",
            name=name,
            state=state,
        )


class StudyNotOpen(Conflict):
    def __init__(self, name: str, state: str) -> None:
        super().__init__("Study '%(name)s' is %(state)s, not open.", name=name, state=state)


class StudyNotPaused(Conflict):
    def __init__(self, name: str, state: str) -> None:
        super().__init__("Study '%(name)s' is %(state)s, not paused.", name=name, state=state)


class StudyAlreadyOpened(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__("Study '%(name)s' was opened already; that happens once.", name=name)


class StudyClosed(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__("Study '%(name)s' is closed for good.", name=name)


class DesignWrong(Invalid):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__("%(name)s: %(reason)s", field=field, name=field, reason=reason)


class StudyIncomplete(Invalid):
    """Says the first thing that is missing; `gaps` has all of them, as sentences in English."""

    def __init__(self, name: str, gaps: Sequence[str]) -> None:
        super().__init__("Study '%(name)s' cannot open yet: %(gap)s", name=name, gap=gaps[0])
        self.gaps = tuple(gaps)


class PicturesMissing(Conflict):
    def __init__(self, name: str, num: int) -> None:
        super().__init__(
            "%(num)s pictures of study '%(name)s' were not re-encoded; it stays a draft.",
            num=num,
            name=name,
        )


class WordsIncomplete(Invalid):
    """What raters read now would lack something; says the first."""

    def __init__(self, name: str, gaps: Sequence[str]) -> None:
        super().__init__(
            "Study '%(name)s' was opened, and raters would miss something: %(gap)s",
            field="words",
            name=name,
            gap=gaps[0],
        )


class PictureUnreadable(Conflict):
    def __init__(self) -> None:
        super().__init__("This picture cannot be read; opening the study would fail.")


class ReasonMissing(Invalid):
    def __init__(self, fewest: int) -> None:
        super().__init__(
            "Say why, in at least %(fewest)s characters: it stays on record.",
            field="reason",
            fewest=fewest,
        )


class VersionNotFound(NotFound):
    def __init__(self, name: str, number: int) -> None:
        super().__init__(
            "Study '%(name)s' has no words of version %(number)s.", name=name, number=number
        )
