"""Turns what stands in a file into a passage, or into the reason why not. Looks at no picture."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ml.datasets.problems import Reason, UnfitItem, clean_text
from specs import knowledge
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.knowledge import STATED, PassageLine

_LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_COUNTRY_CODE = re.compile(r"[A-Z]{2}")


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
    tidy = clean_text(value)
    if name != "text":
        tidy = " ".join(tidy.split())
    longest = knowledge.longest(name)
    if len(tidy) > longest:
        more = " Cut it into several with headings." if name == "text" else ""
        raise UnfitItem(
            Reason.UNFIT_VALUE,
            f"'{name}' has {len(tidy):,} characters; at most {longest:,} are taken.{more}",
        )
    if name != "text" and not tidy.isprintable():
        raise UnfitItem(Reason.UNFIT_VALUE, f"'{name}' must be one line of printable characters.")
    if name == "country":
        tidy = tidy.upper()
        if tidy and not _COUNTRY_CODE.fullmatch(tidy):
            raise UnfitItem(
                Reason.UNFIT_VALUE, f"'{tidy}' is not a country code of two letters, such as ID."
            )
    if name == "language" and tidy and not _LANGUAGE_TAG.fullmatch(tidy):
        raise UnfitItem(Reason.UNFIT_VALUE, f"'{tidy}' is not a language tag such as en or en-GB.")
    return tidy
