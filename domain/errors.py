"""The tree of what can go wrong in the domain.

Concrete errors stand beside the code that raises them and carry their values. There is nothing of
HTTP here: each door maps these five kinds once (app/errors.py, workers/runtime.py, cli/errors.py).

    DomainError
        NotFound      what was asked for is not there
        Conflict      it is there, but its state does not allow this
        Invalid       the input is wrong, whatever the state
        Forbidden     this person may not do this
        Unavailable   a service that is needed does not answer

What an error says is an English template and the values in it, so that a door can say it in the
language of whoever is there: `super().__init__("There is no item '%(name)s'.", name=name)`.
"""


class Word(str):
    """A value that is a word of ours, not a name somebody gave: it is translated as well."""

    __slots__ = ()


class Sentence(Exception):
    """What a person is told in one sentence: `str(error)` in English, `message` to translate.

    A percent sign is written %% in a message with values, and % in one without.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values


class DomainError(Sentence): ...


class NotFound(DomainError): ...


class Conflict(DomainError): ...


class Invalid(DomainError):
    """Wrong input. `field` names the form field at fault, when there is one."""

    def __init__(self, message: str, /, *, field: str | None = None, **values: object) -> None:
        super().__init__(message, **values)
        self.field = field


class Forbidden(DomainError): ...


class Unavailable(DomainError): ...
