"""What a region is: data, written as one YAML file. Nothing in the product names one."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Names = dict[str, str]
"""Language tag -> name in that language; 'en' is always there."""

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


def _split_spellings(value: object) -> object:
    """In a file the spellings of one thing stand on one line: 'pad thai | ผัดไทย'."""
    return [part.strip() for part in value.split("|")] if isinstance(value, str) else value


def check_template(template: str) -> str:
    if template.count("{}") != 1:
        raise ValueError(f"'{template}' needs {{}} once, where the concept's name goes.")
    return template


Spellings = Annotated[
    tuple[Annotated[str, Field(min_length=2, max_length=80)], ...],
    BeforeValidator(_split_spellings),
    Field(min_length=1),
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(_Frozen):
    names: Names = Field(title="Names", description="By language; at least 'en'.")


class Country(Named):
    code: CountryCode = Field(title="Code", description="ISO 3166-1 alpha-2.")
    domain: str = Field(
        pattern=r"^[a-z]{2}$", title="Domain", description="Country-code domain, without a dot."
    )
    languages: tuple[LanguageTag, ...] = Field(
        default=(), title="Languages", description="Those of the region that are spoken there."
    )


class Language(Named):
    tag: LanguageTag = Field(title="Tag", description="BCP 47, as short as it can be.")
    aliases: tuple[str, ...] = Field(
        default=(), title="Aliases", description="ISO 639-3 and other codes for the same language."
    )
    script: str = Field(
        pattern=r"^[A-Z][a-z]{3}$", title="Script", description="ISO 15924, such as Latn."
    )
    flores: str = Field(
        default="",
        pattern=r"^([a-z]{3}_[A-Z][a-z]{3})?$",
        title="FLORES code",
        description="Of FLORES-200, by which NLLB calls languages, such as ind_Latn; empty where "
        "it has none.",
    )
    templates: tuple[Annotated[str, AfterValidator(check_template)], ...] = Field(
        default=(),
        title="Templates",
        description="Sentences around the name of a thing, which stands where {} is, such as 'a "
        "photo of {}'.",
    )


class Stratum(Named):
    key: Key = Field(title="Key", description="How results call it.")


class Terms(_Frozen):
    """Things of one stratum that tell where a picture is from: each with all its spellings."""

    stratum: Key = Field(title="Stratum", description="The key of one of the region's strata.")
    countries: tuple[CountryCode, ...] = Field(
        min_length=1, title="Countries", description="Where these things belong."
    )
    terms: tuple[Spellings, ...] = Field(
        min_length=1, title="Terms", description="Each with its spellings, separated by '|'."
    )


class Index(_Frozen):
    """A published number per year, on a scale of 0 to 100."""

    name: str = Field(min_length=1, title="Name", description="Of the index and its component.")
    source: str = Field(min_length=1, title="Source", description="Where the numbers are from.")
    by_year: dict[int, Annotated[float, Field(ge=0, le=100)]] = Field(
        min_length=1, title="By year", description="Year -> value."
    )


class Region(Named):
    key: Key = Field(title="Key", description="How recipes and addresses call the region.")
    countries: tuple[Country, ...] = Field(
        min_length=1, title="Countries", description="In the order in which pages list them."
    )
    languages: tuple[Language, ...] = Field(
        min_length=1, title="Languages", description="In the order in which pages list them."
    )
    strata: tuple[Stratum, ...] = Field(
        min_length=1, title="Strata", description="Kinds of content that are reported apart."
    )
    gazetteer: tuple[Terms, ...] = Field(
        default=(), title="Gazetteer", description="Places, dishes and practices, multilingual."
    )
    globalisation: Index | None = Field(
        default=None,
        title="Globalisation index",
        description="KOF, de facto interpersonal: alpha is its value divided by 100.",
    )

    @model_validator(mode="after")
    def _check_references(self) -> Self:
        countries = _check_unique("country", [country.code for country in self.countries])
        languages = _check_unique("language", [language.tag for language in self.languages])
        strata = _check_unique("stratum", [stratum.key for stratum in self.strata])
        codes = [*languages, *(code for language in self.languages for code in language.aliases)]
        _check_unique("language code", codes)
        for country in self.countries:
            _check_known("language", country.languages, languages)
        for group in self.gazetteer:
            _check_known("stratum", (group.stratum,), strata)
            _check_known("country", group.countries, countries)
        named: tuple[Named, ...] = (self, *self.countries, *self.languages, *self.strata)
        for each in named:
            _check_known("name in the language", ("en",), set(each.names))
        return self

    @property
    def domains(self) -> frozenset[str]:
        return frozenset(country.domain for country in self.countries)

    def alpha(self, year: int | None = None) -> float:
        """The weight of global quality when judging: unrounded, of the latest year or of one."""
        if self.globalisation is None:
            raise ValueError(f"The region '{self.key}' has no globalisation index.")
        by_year = self.globalisation.by_year
        year = max(by_year) if year is None else year
        if year not in by_year:
            raise ValueError(
                f"The globalisation index of '{self.key}' has the years {min(by_year)} to "
                f"{max(by_year)}, not {year}."
            )
        return by_year[year] / 100

    def find_country(self, code: str) -> Country | None:
        return next((each for each in self.countries if each.code == code.upper()), None)

    def find_language(self, code: str) -> Language | None:
        """By tag or alias; of a longer tag such as 'xx-Latn-YY', the language counts."""
        wanted = code.replace("_", "-").lower()
        for candidate in (wanted, wanted.partition("-")[0]):
            for language in self.languages:
                if candidate in (language.tag.lower(), *language.aliases):
                    return language
        return None


def _check_unique(what: str, values: list[str]) -> set[str]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"The {what} '{twice[0]}' is named twice.")
    return set(values)


def _check_known(what: str, values: tuple[str, ...], known: set[str]) -> None:
    for value in values:
        if value not in known:
            raise ValueError(
                f"There is no {what} '{value}'; known are: {', '.join(sorted(known))}."
            )
