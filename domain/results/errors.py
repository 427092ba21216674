import uuid

from domain.errors import Conflict, Forbidden, NotFound


class NothingToReport(Conflict):
    def __init__(self, study: str) -> None:
        super().__init__(
            "'%(study)s' has not been opened yet: there is nothing to report.", study=study
        )


class StillRating(Forbidden):
    """A researcher who rates must not know what others said, or what the arms are."""

    def __init__(self, study: str) -> None:
        super().__init__(
            "You rate in '%(study)s' yourself. Its results open to you when you have rated all "
            "that there is for you, or when it closes.",
            study=study,
        )


class NotAnalysed(Conflict):
    def __init__(self, study: str) -> None:
        super().__init__(
            "'%(study)s' has more ratings than a page can compute with. Let a job analyse it "
            "first, from its results page.",
            study=study,
        )


class NoRun(NotFound):
    def __init__(self, job_id: uuid.UUID, scope: str) -> None:
        super().__init__(
            "Job %(id)s scored no two models in the scope '%(scope)s'.", id=job_id, scope=scope
        )


class ItemsGone(Conflict):
    def __init__(self, run: str) -> None:
        super().__init__(
            "The scores item by item of '%(run)s' are not there any more: run it again.", run=run
        )


class FrontierImpossible(Conflict):
    """`reason` is in English, as statistics give it."""

    def __init__(self, reason: str) -> None:
        super().__init__("These runs cannot be put together. %(reason)s", reason=reason)
