from collections.abc import Sequence

from domain.errors import Conflict, Forbidden, Invalid, Word

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
