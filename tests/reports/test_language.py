import re
from pathlib import Path

import pytest

from reports import language
from reports.language import ENGLISH, LANGUAGES, UnknownLanguage

CATALOGUE = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plural_forms}\\n"

msgid "Jobs"
msgstr "{jobs}"

msgid "Data"
msgstr ""

#, fuzzy
msgid "People"
msgstr "?"

msgid "%(num)s job"
msgid_plural "%(num)s jobs"
msgstr[0] "%(num)s {jobs}"
"""


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    for code, jobs in (("id", "Pekerjaan"), ("th", "งาน")):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        text = CATALOGUE.format(jobs=jobs, plural_forms=LANGUAGES[code].plural_forms)
        (folder / "messages.po").write_text(text, encoding="utf-8")
    return tmp_path


def test_eleven_languages_are_listed_each_under_its_own_name() -> None:
    assert " ".join(LANGUAGES) == "en id ms th vi fil my km lo zh ta"
    assert len({spoken.name for spoken in LANGUAGES.values()}) == 11
    assert all(code == spoken.code for code, spoken in LANGUAGES.items())


@pytest.mark.parametrize("code", ["id", "ms", "th", "vi", "my", "km", "lo", "zh"])
def test_languages_without_plurals_have_one_form(code: str) -> None:
    assert LANGUAGES[code].plural_forms == "nplurals=1; plural=0;"


def test_a_catalogue_is_read_without_a_compile_step(locales: Path) -> None:
    indonesian = language.load_catalogue("id", locales)
    assert indonesian.gettext("Jobs") == "Pekerjaan"
    assert indonesian.ngettext("%(num)s job", "%(num)s jobs", 5) == "%(num)s Pekerjaan"


def test_what_a_catalogue_lacks_stays_english_and_it_says_so(locales: Path) -> None:
    thai = language.load_catalogue("th", locales)
    assert thai.gettext("Data") == "Data"
    assert not thai.covers("Data")
    assert thai.covers("Jobs")


def test_a_guess_nobody_has_checked_is_not_used(locales: Path) -> None:
    indonesian = language.load_catalogue("id", locales)
    assert indonesian.gettext("People") == "People"
    assert not indonesian.covers("People")


def test_the_empty_message_is_empty_and_not_the_header(locales: Path) -> None:
    assert language.load_catalogue("id", locales).gettext("") == ""


def test_only_languages_with_something_to_read_are_offered(locales: Path) -> None:
    assert [spoken.code for spoken in language.list_offered(locales)] == ["en", "id", "th"]
    assert not language.load_catalogue("km", locales).is_offered


def test_an_unknown_language_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownLanguage, match="no interface language 'fr'"):
        language.load_catalogue("fr")


@pytest.mark.parametrize(
    ("accepted", "preferred", "spoken"),
    [
        ("", None, "en"),
        ("id", None, "id"),
        ("id-ID,id;q=0.9,en;q=0.8", None, "id"),
        ("fr, de;q=0.9, km;q=0.5, en;q=0.7", None, "en"),
        ("en;q=0.2, th;q=0.9", None, "th"),
        ("th;q=0, lo;q=0.1", None, "lo"),
        ("zh-Hant-TW", None, "zh"),
        ("in", None, "id"),
        ("tl-PH", None, "fil"),
        ("th", "ms", "ms"),
        ("th", "xx", "th"),
        ("*;q=1, ,;;q", None, "en"),
    ],
)
def test_a_persons_choice_comes_before_the_browsers_wishes(
    accepted: str, preferred: str | None, spoken: str
) -> None:
    assert language.negotiate(accepted, preferred).code == spoken


def test_every_catalogue_states_the_plural_forms_of_its_language() -> None:
    for path in language.LOCALES.glob("*/LC_MESSAGES/messages.po"):
        stated = re.search(r'"Plural-Forms: (.*)\\n"', path.read_text(encoding="utf-8"))
        assert stated, f"{path} states no plural forms. Run: python locales/update.py"
        assert stated[1] == LANGUAGES[path.parts[-3]].plural_forms


def test_english_needs_no_catalogue() -> None:
    english = language.load_catalogue("en")
    assert english.is_offered
    assert english.covers("anything")
    assert english.language is ENGLISH
