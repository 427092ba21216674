import uuid
from collections.abc import Sequence

from domain.errors import Conflict, Forbidden, Invalid, NotFound, Word

_SHOWN = 8


class MayNotLaunch(Forbidden):
    def __init__(self, role: str) -> None:
        super().__init__("The role '%(role)s' may not launch jobs.", role=role)


class InputMissing(Invalid):
    def __init__(self, name: str) -> None:
        super().__init__("Choose what is read as '%(name)s'.", field=name, name=name)


class InputTwice(Invalid):
    def __init__(self, name: str, reference: str) -> None:
        super().__init__(
            "'%(name)s' comes from a job before this one; leave '%(reference)s' out.",
            field=name,
            name=name,
            reference=reference,
        )


class InputNotMade(Invalid):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__("'%(name)s': %(reason)s", field=name, name=name, reason=reason)


class NothingNamed(Invalid):
    """`known` are names that would do, the most similar ones first."""

    def __init__(self, field: str, what: Word, reference: str, known: Sequence[str]) -> None:
        values = {"what": what, "reference": reference}
        if known:
            some = ", ".join(f"'{name}'" for name in known[:_SHOWN])
            more = ", ..." if len(known) > _SHOWN else ""
            super().__init__(
                "There is no %(what)s named '%(reference)s'. There are: %(known)s.",
                field=field,
                known=some + more,
                **values,
            )
        else:
            super().__init__(
                "There is no %(what)s named '%(reference)s', and none of any other name yet.",
                field=field,
                **values,
            )
        self.known = tuple(known)


class ReferenceArchived(Invalid):
    def __init__(self, field: str, reference: str) -> None:
        super().__init__(
            "'%(reference)s' is archived. Bring it back first, or choose another one.",
            field=field,
            reference=reference,
        )


class NoSuchJob(Invalid):
    def __init__(self, field: str, reference: str) -> None:
        super().__init__(
            "'%(reference)s' is not the id of a finished job that made this.",
            field=field,
            reference=reference,
        )


class NoQuestionsOfForm(Invalid):
    def __init__(self, quiz: str, mode: str, *, needs_options: bool) -> None:
        if needs_options:
            super().__init__(
                "'%(quiz)s' has no questions with options, which is what scoring by '%(mode)s' is "
                "about: its questions are open ones.",
                field="mode",
                quiz=quiz,
                mode=mode,
            )
        else:
            super().__init__(
                "'%(quiz)s' has no open questions, which is what scoring by '%(mode)s' is about: "
                "its questions have options.",
                field="mode",
                quiz=quiz,
                mode=mode,
            )


class OptionsNotWeighed(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "Scoring by 'likelihood' needs answers that were given with 'Weigh options', and "
            "these are given without.",
            field="mode",
        )


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


class JobUnderWay(Invalid):
    def __init__(self, name: str) -> None:
        super().__init__(
            "A job that makes '%(name)s' is queued or running. Wait for it, or choose another "
            "name.",
            field="name",
            name=name,
        )


class RowGone(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            "What a job before this one made for '%(name)s' is not in the lists any more.",
            name=name,
        )
