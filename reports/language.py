"""The languages people meet the product in: one table, and the catalogues behind it.

Catalogues are gettext .po files under locales/, read as they are: there is no compile step. A
message without a translation stays English, and a page can tell (`Catalogue.covers`) so that it
says so. This module knows no web: pages and printed reports both speak through it.
"""

import functools
import gettext
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).resolve().parents[1] / "locales"

# Babel knows no plural rule for some of these languages and would write two forms for English
# nouns' sake. Stated here, checked against every catalogue's header.
_ONE_FORM = "nplurals=1; plural=0;"
_TWO_FORMS = "nplurals=2; plural=(n != 1);"


@dataclass(frozen=True, kw_only=True)
class Language:
    code: str
    name: str  # as its speakers write it
    english_name: str
    script: str  # ISO 15924
    font: str  # the Noto family for print and for scripts a phone may lack
    plural_forms: str
    direction: Literal["ltr", "rtl"] = "ltr"


ENGLISH = Language(
    code="en",
    name="English",
    english_name="English",
    script="Latn",
    font="Noto Sans",
    plural_forms=_TWO_FORMS,
)

LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in (
        ENGLISH,
        Language(
            code="id",
            name="Bahasa Indonesia",
            english_name="Indonesian",
            script="Latn",
            font="Noto Sans",
            plural_forms=_ONE_FORM,
        ),
        Language(
            code="ms",
            name="Bahasa Melayu",
            english_name="Malay",
            script="Latn",
            font="Noto Sans",
            plural_forms=_ONE_FORM,
        ),
        Language(
            code="th",
            name="ไทย",
            english_name="Thai",
            script="Thai",
            font="Noto Sans Thai",
            plural_forms=_ONE_FORM,
        ),
        Language(
            code="vi",
            name="Tiếng Việt",
            english_name="Vietnamese",
            script="Latn",
            font="Noto Sans",
            plural_forms=_ONE_FORM,
        ),
        Language(
            code="fil",
            name="Filipino",
            english_name="Filipino",
            script="Latn",
            font="Noto Sans",
            plural_forms="nplurals=2; plural=(n > 1);",
        ),
        Language(
            code="my",
            name="မြန်မာ",
            english_name="Burmese",
            script="Mymr",
            font="Noto Sans Myanmar",
            plural_forms=_ONE_FORM,
        ),
        Language(
            code="km",
            name="ខ្មែរ",
            english_name="Khmer",
            script="Khmr",
            font="Noto Sans Khmer",
            plural_forms=_ONE_FORM,
        ),
        Language(
            code="lo",
            name="ລາວ",
            english_name="Lao",
            script="Laoo",
            font="Noto Sans Lao",
            plural_forms=_ONE_FORM,
        ),
        Language(
            code="zh",
            name="简体中文",
            english_name="Chinese",
            script="Hans",
            font="Noto Sans SC",
            plural_forms=_ONE_FORM,
        ),
        Language(
            code="ta",
            name="தமிழ்",
            english_name="Tamil",
            script="Taml",
            font="Noto Sans Tamil",
            plural_forms=_TWO_FORMS,
        ),
    )
}

# Codes that browsers still send for languages we list under another one.
_OTHER_CODES = {"in": "id", "tl": "fil", "zsm": "ms", "cmn": "zh"}


EVERYWHERE = ("en", "id")
"""Languages of every page. The others are those of what raters meet: the rest is English there."""

# What raters meet, and what can happen to them there.
RATER_SOURCES = (
    "app/auth/routes.py",
    "app/errors.py",
    "app/rate/",
    "app/security/",
    "domain/ratings/errors.py",
    "domain/users/errors.py",
    "templates/auth/link.html",
    "templates/auth/sign_in.html",
    "templates/auth/spent_link.html",
    "templates/errors/",
    "templates/home/annotator.html",
    "templates/home/sandbox_studies.html",
    "templates/layout/footer.html",
    "templates/layout/forms.html",
    "templates/layout/header.html",
    "templates/layout/page.html",
    "templates/layout/parts.html",
    "templates/rate/",
)


def word(text: str) -> str:
    """Marks a text for the catalogues where it stands; it is translated where it is shown."""
    return text


class UnknownLanguage(ValueError):
    def __init__(self, code: str) -> None:
        known = ", ".join(LANGUAGES)
        super().__init__(f"There is no interface language '{code}'. There are: {known}.")


@dataclass(frozen=True)
class Catalogue:
    """The messages of one language. What it lacks comes back in English."""

    language: Language
    messages: frozenset[str]
    translations: gettext.NullTranslations

    @property
    def is_offered(self) -> bool:
        """Whether there is anything to read in this language."""
        return self.language is ENGLISH or bool(self.messages)

    def covers(self, message: str) -> bool:
        return self.language is ENGLISH or message in self.messages

    def gettext(self, message: str) -> str:
        # The empty message would return the catalogue's header.
        return self.translations.gettext(message) if message else ""

    def ngettext(self, singular: str, plural: str, num: int) -> str:
        return self.translations.ngettext(singular, plural, num)


def get(code: str) -> Language:
    try:
        return LANGUAGES[code]
    except KeyError:
        raise UnknownLanguage(code) from None


@functools.cache
def load_catalogue(code: str, locales: Path = LOCALES) -> Catalogue:
    language = get(code)
    path = locales / code / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return Catalogue(language, frozenset(), gettext.NullTranslations())
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    translated = frozenset(
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and not message.fuzzy and all(_as_forms(message.string))
    )
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Catalogue(language, translated, gettext.GNUTranslations(compiled))


def _as_forms(text: str | Sequence[str] | None) -> Sequence[str]:
    return text if isinstance(text, (list, tuple)) else (str(text or ""),)


def speaks(language: Language, source: str) -> bool:
    """Whether what this file says is there in the language."""
    is_there = language.code in EVERYWHERE or source.startswith(RATER_SOURCES)
    return is_there and load_catalogue(language.code).is_offered


def list_offered(locales: Path = LOCALES) -> list[Language]:
    """Languages a switch may list: those with something to read."""
    return [
        language
        for language in LANGUAGES.values()
        if load_catalogue(language.code, locales).is_offered
    ]


def negotiate(accept_language: str, preferred: str | None = None) -> Language:
    """What a person chose, else the first of a browser's wishes that we speak, else English."""
    chosen = find(preferred or "")
    if chosen:
        return chosen
    for tag in _order_by_wish(accept_language):
        found = find(tag)
        if found:
            return found
    return ENGLISH


def find(tag: str) -> Language | None:
    """The language behind a BCP 47 tag: 'zh-Hant-TW' is read by its first part."""
    code = re.split(r"[-_]", tag.strip().lower(), maxsplit=1)[0]
    return LANGUAGES.get(_OTHER_CODES.get(code, code))


def _order_by_wish(accept_language: str) -> list[str]:
    wishes: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, parameters = part.partition(";")
        weight = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameters)
        wishes.append((float(weight[1]) if weight else 1.0, tag))
    wishes.sort(key=lambda wish: -wish[0])
    return [tag for weight, tag in wishes if weight > 0]
