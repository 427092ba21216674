"""The tree of what can go wrong in the domain.

Concrete errors stand beside the code that raises them and carry their values. There is nothing of
HTTP here: each door maps these five kinds once (app/errors.py, workers/runtime.py, cli/errors.py).

    DomainError
        NotFound      what was asked for is not there
        Conflict      it is there, but its state does not allow this
        Invalid       the input is wrong, whatever the state
        Forbidden     this person may not do this
        Unavailable   a service that is needed does not answer
"""


class DomainError(Exception):
    """Something a person can be told about in one sentence: `str(error)`."""


class NotFound(DomainError): ...


class Conflict(DomainError): ...


class Invalid(DomainError):
    """Wrong input. `field` names the form field at fault, when there is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Forbidden(DomainError): ...


class Unavailable(DomainError): ...
