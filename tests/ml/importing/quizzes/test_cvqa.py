"""quiz.import: CVQA as it is published."""

from pathlib import Path

from tests.ml.importing.quizzes.conftest import Importer
from tests.published_quizzes import CVQA_ROWS, CVQA_SUBSETS, write_cvqa


def test_cvqa_is_asked_in_its_own_words(importer: Importer, tmp_path: Path) -> None:
    found = importer.run(write_cvqa(tmp_path / "cvqa"))
    first, second = found.items
    assert first.question == "Apa nama makanan ini?"
    assert first.options == ("Rendang", "Gudeg", "Soto", "Rawon")
    assert first.answers == ("Gudeg",)
    assert (first.country, first.language, first.scope, first.region) == (
        "ID", "id", "regional", "sea",
    )  # fmt: skip
    assert (first.category, first.split) == ("Cooking and food", "test")
    assert first.licence == "CC BY-SA"
    assert (second.country, second.language, second.scope, second.region) == (
        "JP", "ja", "global", "",
    )  # fmt: skip
    picture = found.open_picture(first)
    assert picture is not None
    assert picture.size == (64, 64)


def test_an_answer_that_its_publisher_keeps_back_is_a_problem(
    importer: Importer, tmp_path: Path
) -> None:
    importer.run(write_cvqa(tmp_path / "cvqa"))
    assert importer.reasons == {"no_answer": 1}
    assert "keeps the answer back" in importer.facts["problems"][0]["message"]


def test_cvqa_in_both_languages_is_one_group_per_question(
    importer: Importer, tmp_path: Path
) -> None:
    found = importer.run(write_cvqa(tmp_path / "cvqa"), words="both")
    own, translated = found.items[:2]
    assert own.group == translated.group
    assert own.key != translated.key
    assert (translated.language, translated.question) == ("en", "What is the name of this food?")
    assert translated.options == ("Rendang", "Gudeg", "Soup", "Black soup")
    assert own.sha256 == translated.sha256


def test_every_published_subset_has_a_country_and_only_those_of_the_region_are_regional(
    importer: Importer, tmp_path: Path
) -> None:
    pairs = [(each, country) for country, spoken in CVQA_SUBSETS.items() for each in spoken]
    assert len(pairs) == 39
    rows = [
        {**CVQA_ROWS[0], "ID": country + language, "Subset": str((language, country))}
        for language, country in pairs
    ]
    found = importer.run(write_cvqa(tmp_path / "cvqa", rows))
    assert importer.reasons == {}
    assert {item.country for item in found.items if item.scope == "global"} == {
        "AR", "BR", "BG", "CL", "CN", "CO", "EC", "EG", "ET", "FR", "IN", "IE", "JP", "KE", "MX",
        "MN", "NG", "NO", "PK", "RO", "RU", "RW", "KR", "ES", "LK", "UY",
    }  # fmt: skip
    assert sorted(
        (item.country, item.language) for item in found.items if item.scope == "regional"
    ) == [
        ("ID", "id"), ("ID", "jv"), ("ID", "min"), ("ID", "su"), ("MY", "ms"), ("PH", "fil"),
        ("SG", "zh"),
    ]  # fmt: skip


def test_a_subset_of_a_country_that_nobody_knows_is_a_problem(
    importer: Importer, tmp_path: Path
) -> None:
    rows = [CVQA_ROWS[0], {**CVQA_ROWS[1], "Subset": "('Indonesian', 'Indonesa')"}]
    assert len(importer.run(write_cvqa(tmp_path / "cvqa", rows)).items) == 1
    assert importer.reasons == {"no_scope": 1}
    assert "'Indonesa' is no country" in str(importer.facts["problems"])
