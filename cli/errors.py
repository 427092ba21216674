"""The terminal door's only map: an error becomes one sentence on stderr and an exit code.

2: the input was wrong. 1: it was right, and still could not be done.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import click
import pydantic

from domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Unavailable
from ml.progress import OutOfMemory


class Failure(click.ClickException):
    exit_code = 1

    def show(self, file: object = None) -> None:  # noqa: ARG002 - the signature is click's
        click.echo(self.format_message(), err=True)


class BadInput(Failure):
    exit_code = 2


DOORS: dict[type[DomainError], type[Failure]] = {
    Invalid: BadInput,
    NotFound: Failure,
    Conflict: Failure,
    Forbidden: Failure,
    Unavailable: Failure,
}


@contextmanager
def as_sentences(*, with_traceback: bool) -> Iterator[None]:
    try:
        yield
    except (click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:
        failure = translate(error)
        if with_traceback:
            traceback.print_exception(error)
        raise failure from error


def translate(error: Exception) -> click.ClickException:
    """The sentence for this error. What nobody expected names itself as a mistake of ours."""
    if isinstance(error, click.UsageError) and not isinstance(
        error, click.exceptions.NoArgsIsHelpError
    ):
        return BadInput(_describe_usage(error))
    if isinstance(error, click.ClickException):
        return error
    if isinstance(error, DomainError):
        kinds = (DOORS[kind] for kind in type(error).__mro__ if kind in DOORS)
        return next(kinds, Failure)(str(error))
    if isinstance(error, pydantic.ValidationError):
        return BadInput(_describe_validation(error))
    if isinstance(error, ValueError) and _is_ours(error):
        return BadInput(str(error))
    return Failure(_describe_failure(error))


def _describe_failure(error: Exception) -> str:
    if isinstance(error, OutOfMemory):
        return str(error)
    if isinstance(error, OSError):
        return f"The system refuses: {error}."
    return (
        f"GG-EZ made a mistake ({type(error).__name__}: {_first_line(error)}); "
        "'ggez --traceback ...' shows where."
    )


def _is_ours(error: ValueError) -> bool:
    """Whether the sentence was written for people: computing, statistics and specifications raise
    ValueError, plain or of their own, for input that is wrong. A library's own kinds are mistakes.
    """
    package = type(error).__module__.partition(".")[0]
    return package in ("builtins", "ml", "reports", "sandbox", "specs", "stats") and not isinstance(
        error, UnicodeError
    )


def _describe_usage(error: click.UsageError) -> str:
    # Click lists choices on lines of their own.
    sentence = " ".join(error.format_message().split()).rstrip(".")
    path = error.ctx.command_path if error.ctx else "ggez"
    return f"{sentence}. See '{path} --help'."


def _describe_validation(error: pydantic.ValidationError) -> str:
    problems = (
        f"{'.'.join(str(part) for part in problem['loc']) or 'input'}: "
        f"{problem['msg'].removeprefix('Value error, ').rstrip('.')}"
        for problem in error.errors(include_url=False)
    )
    return f"The input does not fit: {'; '.join(problems)}."


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
