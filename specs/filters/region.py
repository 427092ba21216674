from typing import ClassVar, Literal

from pydantic import Field

from specs.method import MethodSpec

EvidenceKind = Literal["country", "domain", "gazetteer", "language"]


class RegionEvidence(MethodSpec):
    label: ClassVar[str] = "Evidence of the region"
    summary: ClassVar[str] = (
        "Keeps what a row says to be from the region: its country, the country-code domain of its "
        "address, places, dishes and practices in its caption, the caption's language."
    )
    paper: ClassVar[str | None] = "arXiv 2604.11490"

    method: Literal["region"] = "region"
    evidence: tuple[EvidenceKind, ...] = Field(
        default=("country", "domain", "gazetteer", "language"),
        min_length=1,
        title="Evidence that counts",
        description="Which kinds are looked for.",
    )
    at_least: int = Field(
        default=1,
        ge=1,
        le=4,
        title="Kinds at least",
        description="How many different kinds a row needs.",
    )
    required: tuple[EvidenceKind, ...] = Field(
        default=(), title="Kinds required", description="Kinds that a row cannot do without."
    )
    countries: tuple[str, ...] = Field(
        default=(),
        title="Countries",
        description="Codes of the countries that count. Empty: all of the region.",
    )
    languages: tuple[str, ...] = Field(
        default=(),
        title="Languages",
        description="Tags of the languages that count as evidence. Empty: all of the region; name "
        "fewer when some are spoken all over the world.",
    )
    strata: tuple[str, ...] = Field(
        default=(),
        title="Strata",
        description="Kinds of content of the gazetteer that count. Empty: all of the region.",
    )
