import uuid
from collections.abc import Sequence

from domain.errors import Conflict, Invalid, NotFound


class NoDistillation(NotFound):
    def __init__(self, job_id: uuid.UUID) -> None:
        super().__init__("Job %(id)s is no study of distillation that succeeded.", id=job_id)


class NoComparison(NotFound):
    def __init__(self, job_id: uuid.UUID) -> None:
        super().__init__("Job %(id)s is no finished comparison of answers.", id=job_id)


class NotTraced(Invalid):
    """Whose answers they are cannot be told from what is known of the jobs before."""

    def __init__(self, job_id: uuid.UUID, name: str) -> None:
        super().__init__(
            "Job %(id)s did not read as '%(name)s' what a comparison of answers is traced by: "
            "compare scores of answers that were given and scored here.",
            id=job_id,
            name=name,
        )


class NotHelped(Invalid):
    """What stands with retrieval must be what stands without, helped by it and nothing else."""

    def __init__(self, retrieved: str, plain: str) -> None:
        super().__init__(
            "'%(retrieved)s' is compared as '%(plain)s' with retrieved passages, and is not that: "
            "the scores of the two sides may be swapped.",
            retrieved=retrieved,
            plain=plain,
        )


class CellsMissing(Conflict):
    """`missing`: of the cells, which ones are no variants here any more."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(
            "A study of the two by two needs all four variants, and there is none any more for: "
            "%(missing)s.",
            missing=", ".join(missing),
        )


class StudyUnreadable(Conflict):
    def __init__(self, reason: str) -> None:
        super().__init__("What that job found cannot be read: %(reason)s", reason=reason)


class CellTwice(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            "A study of the two by two needs four different variants, and '%(name)s' stands in "
            "more than one cell.",
            name=name,
        )


class NoSuchForm(Invalid):
    def __init__(self, form: str, known: Sequence[str]) -> None:
        super().__init__(
            "A study of answers is one of %(known)s, not '%(form)s'.",
            field="form",
            form=form,
            known=", ".join(known),
        )
