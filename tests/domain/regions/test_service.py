"""Regions come from files: the product's, the installation's, the data folder's."""

from pathlib import Path

import pytest

from domain.regions import errors, service
from domain.settings import Settings
from specs.region import Region

ATLANTIS = """\
key: atlantis
names: {en: Atlantis, tet: Atlântida}
countries:
  - {code: NO, domain: zz, names: {en: Deep}, languages: [qaa]}
languages:
  - {tag: qaa, aliases: [qab], script: Latn, names: {en: Atlantean}}
strata:
  - {key: corals, names: {en: Corals}}
gazetteer:
  - {stratum: corals, countries: [NO], terms: [sunken gate | puerta hundida, kelp pie]}
globalisation:
  name: Made up
  source: a test
  by_year: {2001: 12.5, 2002: 25}
"""


@pytest.fixture
def folder(settings: Settings) -> Path:
    folder = settings.data / "regions"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def atlantis(folder: Path, settings: Settings) -> Region:
    (folder / "atlantis.yaml").write_text(ATLANTIS, "utf-8")
    return service.get_region(settings, "atlantis")


def read_wrong(folder: Path, settings: Settings, text: str) -> str:
    (folder / "wrong.yaml").write_text(text, "utf-8")
    with pytest.raises(errors.RegionFileWrong) as caught:
        service.list_regions(settings)
    return str(caught.value)


def test_a_made_up_region_works_by_adding_a_file(settings: Settings, atlantis: Region) -> None:
    assert [region.key for region in service.list_regions(settings)] == ["atlantis", "sea"]
    assert service.find_by_country(settings, "no") == [atlantis]
    assert service.find_by_domain(settings, "www.reef.zz") == [atlantis]
    assert service.find_by_language(settings, "qab") == [atlantis]
    assert (atlantis.alpha(), atlantis.alpha(2001)) == (0.25, 0.125)
    assert atlantis.gazetteer[0].terms == (("sunken gate", "puerta hundida"), ("kelp pie",))


def test_regions_of_a_further_folder_are_found(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "atlantis.yml").write_text(ATLANTIS, "utf-8")
    wider = settings.model_copy(update={"region_dirs": (tmp_path,)})
    assert service.get_region(wider, "atlantis").key == "atlantis"
    absent = settings.model_copy(update={"region_dirs": (tmp_path / "none",)})
    with pytest.raises(errors.RegionFolderMissing):
        service.list_regions(absent)


def test_changed_file_is_read_again(folder: Path, settings: Settings, atlantis: Region) -> None:
    (folder / "atlantis.yaml").write_text(ATLANTIS.replace("25}", "30.5}"), "utf-8")
    assert service.get_region(settings, "atlantis").alpha() == 0.305


def test_southeast_asia_is_complete(settings: Settings) -> None:
    region = service.get_region(settings, "sea")
    codes = [country.code for country in region.countries]
    assert codes == ["SG", "ID", "MY", "BN", "TH", "PH", "VN", "MM", "KH", "LA", "TL"]
    assert region.domains == {code.lower() for code in codes}
    assert {language.tag for language in region.languages} == {
        "id", "ms", "th", "vi", "fil", "km", "lo", "my", "zh", "ta", "tet",
    }  # fmt: skip
    for alias, tag in {"ind": "id", "zsm": "ms", "tha": "th", "khm": "km", "mya": "my"}.items():
        found = region.find_language(alias)
        assert found is not None
        assert found.tag == tag


def test_alpha_is_the_unrounded_index_of_the_latest_year(settings: Settings) -> None:
    region = service.get_region(settings, "sea")
    assert region.alpha() == 0.434
    assert region.alpha(1993) == 0.3604
    assert region.globalisation is not None
    assert list(region.globalisation.by_year) == list(range(1993, 2024))
    with pytest.raises(ValueError, match="has the years 1993 to 2023, not 1900"):
        region.alpha(1900)


def test_gazetteer_names_every_country_and_stratum_and_nothing_twice(settings: Settings) -> None:
    region = service.get_region(settings, "sea")
    groups = region.gazetteer
    assert {code for group in groups for code in group.countries} == {
        country.code for country in region.countries
    }
    assert {group.stratum for group in groups} == {"tradition", "landmark", "cuisine"}
    spellings = [s.casefold() for group in groups for term in group.terms for s in term]
    assert len(spellings) == len(set(spellings))
    assert len(spellings) > 600


def test_longer_language_tags_and_host_names_are_understood(settings: Settings) -> None:
    region = service.get_region(settings, "sea")
    for code in ("zh-Hans", "zh_TW", "CMN"):
        found = region.find_language(code)
        assert found is not None
        assert found.tag == "zh"
    assert region.find_language("de") is None
    assert service.find_by_domain(settings, "Foto.Example.VN.") == [region]
    assert service.find_by_domain(settings, "example.com") == []


def test_region_that_is_not_there_names_those_that_are(settings: Settings) -> None:
    with pytest.raises(errors.RegionNotFound, match=r"no region 'mars'\. The regions are: sea"):
        service.get_region(settings, "mars")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("key: a\nkey: b\n", "line 2: the key 'key' stands twice."),
        (ATLANTIS + "colour: red\n", "colour: Extra inputs are not permitted."),
        (ATLANTIS.replace("script: Latn, ", ""), "languages.0.script: Field required."),
        (ATLANTIS.replace("stratum: corals", "stratum: shells"), "no stratum 'shells'; known"),
        (ATLANTIS.replace("countries: [NO]", "countries: [XX]"), "There is no country 'XX'"),
        (ATLANTIS.replace("[qab]", "[qaa]"), "The language code 'qaa' is named twice."),
        (ATLANTIS.replace("{en: Corals}", "{tet: Koral}"), "no name in the language 'en'"),
        ("- a\n- b\n", "it does not hold fields and values."),
        ("key: [\n", "line 2: "),
        ("a: &x [1]\nb: *x\n", "references are not used here."),
        ("!!python/object/apply:os.system [echo]", "could not determine a constructor"),
        (ATLANTIS.replace("25}", "250}"), "by_year.2002: Input should be less than or equal"),
    ],
)
def test_file_that_is_wrong_is_named_with_the_reason(
    folder: Path, settings: Settings, text: str, sentence: str
) -> None:
    message = read_wrong(folder, settings, text)
    assert message.startswith("The region file wrong.yaml cannot be used: ")
    assert sentence in message


def test_file_in_another_encoding(folder: Path, settings: Settings) -> None:
    (folder / "wrong.yaml").write_bytes(b"key: caf\xe9")
    with pytest.raises(errors.RegionFileWrong, match="it is not UTF-8"):
        service.list_regions(settings)


def test_same_key_in_two_files_names_both(folder: Path, settings: Settings) -> None:
    for name in ("a.yaml", "b.yaml"):
        (folder / name).write_text(ATLANTIS, "utf-8")
    with pytest.raises(errors.RegionTwice, match=r"in two files: .*a\.yaml and .*b\.yaml"):
        service.list_regions(settings)


def test_kof_series_of_the_file_is_a_plain_table() -> None:
    """Guards against a slip of the hand: years follow each other without a gap."""
    lines = (service.OWN_FOLDER / "sea.yaml").read_text("utf-8").splitlines()
    years = [line.split(":") for line in lines if line.startswith("    19") or "    20" in line[:6]]
    assert [int(year) for year, _ in years] == list(range(1993, 2024))
    assert years[-1][1].strip() == "43.40"
