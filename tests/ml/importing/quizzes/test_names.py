"""Names of countries and languages, as benchmarks write them, become codes."""

import pytest

from domain.regions import service as regions
from domain.settings import Settings
from ml.importing.quizzes.names import Names


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(regions.get_region(Settings(), "sea"))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Indonesia", "ID"),
        ("laos", "LA"),
        ("Việt Nam", "VN"),
        ("Myanmar", "MM"),
        ("Sri_Lanka", "LK"),
        ("South Korea", "KR"),
        ("ID", "ID"),
        ("KHM", "KH"),
        ("UK", "GB"),
        ("Brunei Darussalam", "BN"),
        ("East Timor", "TL"),
        ("Turkey", "TR"),
        ("the Gambia", "GM"),
        ("Bosnia and Herzegovina", "BA"),
        ("Côte d'Ivoire", "CI"),
        ("Atlantis ", "Atlantis"),
        ("", ""),
    ],
)
def test_a_country_becomes_its_code_or_stays_as_it_is(names: Names, name: str, code: str) -> None:
    assert names.read_country(name) == code


@pytest.mark.parametrize(
    "name", ["Atlantis", "0000", "sea_vqa", "Global", "", "XX", "ZZ", "Unknown Region", "EU"]
)
def test_what_is_no_country_is_not_taken_for_one(names: Names, name: str) -> None:
    assert not names.is_country(names.read_country(name))


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("Indonesian", "id"),
        ("Minangkabau", "min"),
        ("Bahasa Melayu", "ms"),
        ("zsm", "ms"),
        ("tl", "fil"),
        ("id_formal", "id-x-formal"),
        ("su_loma", "su-x-loma"),
        ("si_formal_spoken", "si-x-formal-spoken"),
        ("zh_cn", "zh-CN"),
        ("zh-Hant", "zh-Hant"),
        ("Klingonish", "Klingonish"),
        ("", ""),
    ],
)
def test_a_language_becomes_its_tag_and_keeps_its_variety(
    names: Names, name: str, tag: str
) -> None:
    assert names.read_language(name) == tag


def test_without_a_region_nothing_is_regional() -> None:
    names = Names(None)
    assert names.read_country("Indonesia") == "ID"
    assert names.is_country("ID")
    assert not names.is_regional("ID")
