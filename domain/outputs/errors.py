import uuid

from domain.errors import Conflict, Invalid, NotFound


class OutputNotFound(NotFound):
    def __init__(self, output_id: uuid.UUID) -> None:
        super().__init__("There is no output %(id)s.", id=output_id)


class NoPicture(NotFound):
    def __init__(self, output_id: uuid.UUID) -> None:
        super().__init__("Output %(id)s is an answer in words; it has no picture.", id=output_id)


class NoQuestionPicture(NotFound):
    def __init__(self, output_id: uuid.UUID) -> None:
        super().__init__("Output %(id)s has no picture that was asked about.", id=output_id)


class ArmArchived(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            "The arm '%(name)s' is the name of an archived variant. Bring that one back first, or "
            "call the arm by another name.",
            name=name,
        )


class PromptUnknown(Invalid):
    def __init__(self, key: str) -> None:
        super().__init__(
            "An output was made of the prompt '%(key)s', which its prompt set does not have.",
            key=key,
        )
