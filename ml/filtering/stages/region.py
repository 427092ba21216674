"""Evidence that a row is from the region, by what it says of itself. Each piece that is found is
recorded; a kind counts once, however many pieces of it there are.
"""

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from ml.filtering.gazetteer import Find, Gazetteer, collect_entries
from ml.filtering.problems import UnfitFilter
from ml.filtering.rows import Reason, Row
from ml.filtering.stage import Stage, Tools
from specs.filters.region import EvidenceKind, RegionEvidence
from specs.region import Region

COLUMNS = (
    pa.field("region_evidence", pa.string()),  # JSON: a list of pieces, each with its kind
    pa.field("region_countries", pa.string()),  # codes, separated by blanks
    pa.field("stratum", pa.string()),  # of the first term that was found
)
_MOST_PIECES = 20  # of a row; a caption may be a whole article

Piece = dict[str, Any]


def build(spec: RegionEvidence, tools: Tools, saved: Any) -> Stage:  # noqa: ARG001 - the form of every stage
    region = tools.need_region(spec.method)
    _check(spec, region)
    return Stage(judge=_Evidence(spec, region).judge, columns=COLUMNS)


def _check(spec: RegionEvidence, region: Region) -> None:
    """What the stage names must be of the region."""
    known: Mapping[str, tuple[Sequence[str], Callable[[str], bool]]] = {
        "country": (spec.countries, lambda code: region.find_country(code) is not None),
        "language": (spec.languages, lambda tag: region.find_language(tag) is not None),
        "stratum": (spec.strata, lambda key: key in {each.key for each in region.strata}),
    }
    for noun, (values, is_known) in known.items():
        for value in values:
            if not is_known(value):
                raise UnfitFilter(f"The region '{region.key}' has no {noun} '{value}'.")
    missing = set(spec.required) - set(spec.evidence)
    if missing:
        raise UnfitFilter(
            f"The evidence '{min(missing)}' is required, but is not among what is looked for."
        )
    if spec.at_least > len(set(spec.evidence)):
        raise UnfitFilter(
            f"{spec.at_least} kinds of evidence are asked for; {len(set(spec.evidence))} are "
            "looked for."
        )


class _Evidence:
    def __init__(self, spec: RegionEvidence, region: Region) -> None:
        self.spec = spec
        self.region = region
        codes = {code.upper() for code in spec.countries}
        places = [each for each in region.countries if not codes or each.code in codes]
        self.codes = {each.code for each in places}
        self.by_domain = {each.domain: each.code for each in places}
        self.by_name = {
            name.casefold(): each.code for each in places for name in each.names.values()
        }
        wanted = {
            found.tag for tag in spec.languages if (found := region.find_language(tag)) is not None
        }
        self.tags = wanted or {language.tag for language in region.languages}
        self.scripts = _find_scripts(region, self.tags)
        self.gazetteer = Gazetteer(
            collect_entries(region, countries=sorted(codes), strata=spec.strata)
        )
        self.finders: Mapping[EvidenceKind, Callable[[Row], list[Piece]]] = {
            "country": self._find_country,
            "domain": self._find_domain,
            "gazetteer": self._find_terms,
            "language": self._find_language,
        }

    def judge(self, rows: Sequence[Row]) -> list[Reason | None]:
        return [self._judge_row(row) for row in rows]

    def _judge_row(self, row: Row) -> Reason | None:
        pieces = [piece for kind in self.spec.evidence for piece in self.finders[kind](row)]
        kinds = {piece["kind"] for piece in pieces}
        absent = [kind for kind in self.spec.required if kind not in kinds]
        looked_for = ", ".join(self.spec.evidence)
        if not kinds:
            return Reason("no_evidence", f"Nothing of {looked_for} says '{self.region.key}'.")
        if absent:
            return Reason("required_missing", f"The required evidence '{absent[0]}' is missing.")
        if len(kinds) < self.spec.at_least:
            return Reason(
                "too_little",
                f"{len(kinds)} of {self.spec.at_least} kinds of evidence: "
                f"{', '.join(sorted(kinds))}.",
            )
        countries = [code for piece in pieces for code in piece.get("countries", ())]
        row.extra["region_evidence"] = json.dumps(pieces[:_MOST_PIECES], ensure_ascii=False)
        row.extra["region_countries"] = " ".join(dict.fromkeys(countries))
        strata = (piece["stratum"] for piece in pieces if piece.get("stratum"))
        row.extra["stratum"] = next(strata, "")
        return None

    def _find_country(self, row: Row) -> list[Piece]:
        value = row.raw.country.strip()
        code = value.upper() if value.upper() in self.codes else self.by_name.get(value.casefold())
        return [{"kind": "country", "found": value, "countries": [code]}] if code else []

    def _find_domain(self, row: Row) -> list[Piece]:
        last = row.host.rstrip(".").rpartition(".")[2]
        code = self.by_domain.get(last)
        return [{"kind": "domain", "found": row.host, "countries": [code]}] if code else []

    def _find_terms(self, row: Row) -> list[Piece]:
        return [self._describe(found) for found in self.gazetteer.search(row.caption)]

    @staticmethod
    def _describe(found: Find) -> Piece:
        piece: Piece = {"kind": "gazetteer", "found": found.term, "countries": [*found.countries]}
        return piece | ({"stratum": found.stratum} if found.stratum else {})

    def _find_language(self, row: Row) -> list[Piece]:
        """What the row says its language is; failing that, a script that only one has."""
        if row.language:
            known = self.region.find_language(row.language)
            is_counted = known is not None and known.tag in self.tags
            return [{"kind": "language", "found": row.language}] if is_counted else []
        scripts = {_name_script(letter) for letter in row.caption if letter.isalpha()}
        tags = sorted({self.scripts[script] for script in scripts if script in self.scripts})
        return [{"kind": "language", "found": tag, "by": "script"} for tag in tags]


def _find_scripts(region: Region, counted: set[str]) -> dict[str, str]:
    """Script -> the one language of the region that it proves, as its own name is written in it.

    A script that the whole world writes in proves nothing: ideographs, and whatever writes the
    names of things in English.
    """
    own: dict[str, set[str]] = {}
    worldwide = {_name_script(letter) for letter in region.names["en"] if letter.isalpha()}
    for language in region.languages:
        for letter in language.names.get(language.tag, ""):
            if letter.isalpha():
                own.setdefault(_name_script(letter), set()).add(language.tag)
    return {
        script: min(tags)
        for script, tags in own.items()
        if len(tags) == 1 and script not in worldwide and script != "CJK" and tags <= counted
    }


def _name_script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
