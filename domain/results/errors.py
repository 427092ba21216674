from domain.errors import Conflict, Forbidden


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
