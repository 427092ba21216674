"""Where pictures come from: countries, the hosts they were found at, the languages of captions."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.world.concepts import Concept

# Of pictures of global things, by how often each country comes up.
_WORLD = {
    "US": 28, "GB": 9, "DE": 8, "FR": 7, "BR": 7, "IN": 8, "JP": 7, "KR": 4, "NG": 4, "MX": 4,
    "IT": 3, "ES": 3, "ID": 3, "TH": 1.5, "VN": 1.5, "PH": 1, "MY": 1,
}  # fmt: skip
_DOMAINS = {"GB": "co.uk", "ID": "co.id", "JP": "co.jp", "KR": "co.kr", "MY": "com.my",
            "BR": "com.br", "MX": "com.mx", "VN": "com.vn", "TH": "co.th", "PH": "com.ph",
            "SG": "com.sg", "BN": "com.bn"}  # fmt: skip
_SITES = ("gallery", "market", "archive", "photos", "blog", "shop", "museum", "travel")
_LOCAL_HOST = 0.6  # the others are at a .com
_UNTAGGED = 0.1  # nobody said from where
# Indonesian captions: of regional things, and of global ones from there. All others are English.
_INDONESIAN_REGIONAL = 0.3
_INDONESIAN_AT_HOME = 0.5


@dataclass(frozen=True, kw_only=True)
class Origin:
    country: str  # "" where nobody said
    host: str
    language: str  # of the caption, in truth


def choose(rng: random.Random, concept: Concept, languages: Sequence[str] = ()) -> Origin:
    """`languages`: each as likely as the others; none: English and Indonesian, as they come."""
    country = (
        rng.choice(concept.countries)
        if concept.scope == "regional"
        else rng.choices(tuple(_WORLD), tuple(_WORLD.values()))[0]
    )
    return Origin(
        country="" if rng.random() < _UNTAGGED else country,
        host=_choose_host(rng, country),
        language=rng.choice(languages) if languages else _choose_language(rng, concept, country),
    )


def choose_other_country(rng: random.Random, concept: Concept, country: str) -> str:
    """A wrong one: of a regional thing somewhere far, of others anywhere."""
    known = {*concept.countries, country}
    home = {"ID", "TH", "VN", "PH", "MY"} if concept.scope == "regional" else set()
    return rng.choice([other for other in _WORLD if other not in known | home])


def choose_other_language(rng: random.Random, language: str) -> str:
    return rng.choice([other for other in ("en", "id", "fr", "pt", "ja") if other != language])


def _choose_host(rng: random.Random, country: str) -> str:
    domain = _DOMAINS.get(country, country.lower()) if rng.random() < _LOCAL_HOST else "com"
    # Names under 'example' belong to nobody.
    return f"{rng.choice(_SITES)}.example.{'com' if domain == 'us' else domain}"


def _choose_language(rng: random.Random, concept: Concept, country: str) -> str:
    if concept.scope == "regional":
        share = _INDONESIAN_REGIONAL
    else:
        share = _INDONESIAN_AT_HOME if country == "ID" else 0.0
    return "id" if rng.random() < share else "en"
