import uuid

from domain.errors import Conflict, Forbidden, Invalid, NotFound


class InviteSpent(NotFound):
    """Says no more than that: whether a link ever existed is nobody's business."""

    def __init__(self) -> None:
        super().__init__(
            "This link does not work (any more). Ask whoever sent it to you for a new one."
        )


class AssignmentNotFound(NotFound):
    """The same for one that never was and one that is somebody else's."""

    def __init__(self) -> None:
        super().__init__("This page is not there. Go to your next item instead.")


class RaterNotFound(NotFound):
    def __init__(self, rater_id: uuid.UUID) -> None:
        super().__init__("There is no rater %(id)s.", id=rater_id)


class NotInStudy(NotFound):
    """The same for a study that there is and one that there is not."""

    def __init__(self) -> None:
        super().__init__("You do not take part in this study.")


class SimulatedElsewhere(Conflict):
    def __init__(self, study: str) -> None:
        super().__init__(
            "Simulated raters are for the sandbox's own study; '%(study)s' is a study of people.",
            study=study,
        )


class NotEligible(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "Thank you for your interest. This study is for people from other places or with other "
            "languages than those you named."
        )


class RaterPaused(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Your work in this study is paused until a researcher has looked at it. What you "
            "rated is saved."
        )


class StudyResting(Conflict):
    def __init__(self) -> None:
        super().__init__("This study is paused. What you rated is saved; come back later.")


class StudyOver(Conflict):
    def __init__(self) -> None:
        super().__init__("This study is closed. Thank you for every rating.")


class ConsentMissing(Invalid):
    def __init__(self) -> None:
        super().__init__("Without your agreement you cannot take part.", field="consent")


class RatingIncomplete(Invalid):
    def __init__(self, criterion: str) -> None:
        super().__init__("Choose an answer.", field=criterion)


class RatingWrong(Invalid):
    def __init__(self, criterion: str) -> None:
        super().__init__("This is not one of the answers.", field=criterion)


class CommentTooLong(Invalid):
    def __init__(self, most: int) -> None:
        super().__init__("A comment has at most %(most)s characters.", field="comment", most=most)


class CommentInZawgyi(Invalid):
    """A question rather than a mistake: whatever the answer, the rating is taken."""

    def __init__(self) -> None:
        super().__init__(
            "Your comment seems to be written in Zawgyi, which many phones show wrongly. Shall it "
            "be changed to Unicode? What you wrote is kept as well.",
            field="comment",
        )


class KeyUsedElsewhere(Conflict):
    """The same client key with another item: a mistake of the program, never of a person."""

    def __init__(self) -> None:
        super().__init__("This rating was sent before, for another item.")
