"""Turns what stands in a file into a passage, or into the reason why not. Looks at no picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ml.datasets.problems import Reason, UnfitItem
from specs import knowledge
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.knowledge import STATED, Fault, PassageLine, UnfitValue


@dataclass(kw_only=True)
class Checker:
    """Remembers what it has seen: a base says the same thing once."""

    spec: KnowledgeImport
    _seen: dict[str, str] = field(default_factory=dict)

    def read(self, values: Mapping[str, str]) -> dict[str, str]:
        """What it does not say, the specification says. Raises UnfitItem."""
        usual = {
            "region": self.spec.default_region,
            "country": self.spec.default_country,
            "language": self.spec.default_language,
            "source": self.spec.default_source,
            "licence": self.spec.licence,
        }
        found = {name: _tidy(name, values.get(name, "")) or usual.get(name, "") for name in STATED}
        if not found["text"]:
            raise UnfitItem(Reason.NO_TEXT, "The passage has no text.")
        return found

    def check_first(self, line: PassageLine, reference: str) -> None:
        """Raises UnfitItem when an earlier one says exactly the same."""
        first = self._seen.setdefault(line.digest, reference)
        if first != reference:
            raise UnfitItem(Reason.REPEATED, f"The same passage stands in {first} already.")


def _tidy(name: str, value: str) -> str:
    try:
        return knowledge.tidy(name, value)
    except UnfitValue as unfit:
        raise UnfitItem(Reason.UNFIT_VALUE, _say(name, unfit)) from unfit


def _say(name: str, unfit: UnfitValue) -> str:
    match unfit.fault:
        case Fault.TOO_LONG:
            more = " Cut it into several with headings." if name == "text" else ""
            return (
                f"'{name}' has {len(unfit.value):,} characters; at most "
                f"{knowledge.longest(name):,} are taken.{more}"
            )
        case Fault.NOT_ONE_LINE:
            return f"'{name}' must be one line of printable characters."
        case Fault.NO_COUNTRY:
            return f"'{unfit.value}' is not a country code of two letters, such as ID."
        case Fault.NO_LANGUAGE:
            return f"'{unfit.value}' is not a language tag such as en or en-GB."
