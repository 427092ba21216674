import pytest

from ml.datasets import languages


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", "en"), ("en-US", "en"), ("EN_us", "en"), ("zh-Hant-TW", "zh-Hant")],
)
def test_a_variety_is_of_its_language(tag: str, language: str) -> None:
    assert languages.is_of(tag, language)


@pytest.mark.parametrize(("tag", "language"), [("en", "en-US"), ("enm", "en"), ("", "en")])
def test_what_is_another_language_or_wider_is_not_of_it(tag: str, language: str) -> None:
    assert not languages.is_of(tag, language)


@pytest.mark.parametrize("tag", ["", "en", "en-US", "zh-Hant", "zh-Hant-TW", "es-419"])
def test_a_tag_is_spelt_in_one_way_however_it_is_written(tag: str) -> None:
    for written in (tag, tag.lower(), tag.replace("-", "_").upper()):
        assert languages.spell(written) == tag


def test_the_language_itself_is_found_before_its_varieties() -> None:
    assert languages.find(["en-US", "id", "en"], "en") == "en"
    assert languages.find(["en-US", "en-GB"], "en") == "en-GB"
    assert languages.find(["id"], "en") is None


def test_a_variety_is_dropped_however_it_is_written() -> None:
    assert {languages.drop_variety(tag) for tag in ("pt", "pt-BR", "PT_br")} == {"pt"}
