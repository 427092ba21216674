"""From what people say of a passage to a passage, or what is wrong with a field of it."""

from collections.abc import Mapping

from domain.errors import Invalid
from domain.knowledge import errors
from specs import knowledge as written
from specs.knowledge import STATED, Fault, PassageLine, UnfitValue


def read(values: Mapping[str, str], *, picture: str = "") -> PassageLine:
    """What is not said is empty. Raises the sentence that says what is wrong, and the field."""
    tidy = {name: _read_field(name, values) for name in STATED}
    return PassageLine(picture=picture, **tidy)


def list_faults(values: Mapping[str, str]) -> list[Invalid]:
    """Everything that is wrong, a field each."""
    found: list[Invalid] = []
    for name in STATED:
        try:
            _read_field(name, values)
        except Invalid as error:
            found.append(error)
    return found


def _read_field(name: str, values: Mapping[str, str]) -> str:
    tidy = _tidy(name, values.get(name, ""))
    if name == "text" and not tidy:
        raise errors.PassageEmpty
    return tidy


def read_region(value: str) -> str:
    return _tidy("region", value)


def _tidy(name: str, value: str) -> str:
    try:
        return written.tidy(name, value)
    except UnfitValue as unfit:
        raise _say(name, unfit) from unfit


def _say(name: str, unfit: UnfitValue) -> Invalid:
    match unfit.fault:
        case Fault.TOO_LONG:
            return errors.ValueTooLong(name, len(unfit.value), written.longest(name))
        case Fault.NOT_ONE_LINE:
            return errors.ValueNotOneLine(name)
        case Fault.NO_COUNTRY:
            return errors.CountryUnknown(unfit.value)
        case Fault.NO_LANGUAGE:
            return errors.LanguageUnknown(unfit.value)
