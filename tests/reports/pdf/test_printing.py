import dataclasses
import hashlib
import re
import zlib
from functools import cache

import pytest

from domain.results.report import Design, History, Raters, Report
from reports import fonts
from reports.language import LANGUAGES
from reports.pdf import document, pictures, printable, printing
from reports.speech import Speech
from tests.evidence import make_report

README = (fonts.FOLDER / "README.md").read_text(encoding="utf-8")
LARGEST_TOGETHER = 4_000_000


@cache
def print_example(language: str = "en") -> bytes:
    return printing.make(make_report(), language)


def open_streams(pdf: bytes) -> bytes:
    """The whole file, with what is packed in it beside it."""
    opened = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            opened.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return b"\n".join(opened)


def read_text(pdf: bytes) -> str:
    """Every character that some font of the file maps a glyph to."""
    text = ""
    for found in re.finditer(rb"<([0-9A-F]+)> <([0-9A-F]+)>", open_streams(pdf)):
        text += bytes.fromhex(found[2].decode()).decode("utf-16-be", "ignore")
    return text


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_same_report_gives_the_same_bytes(language: str) -> None:
    assert printing.make(make_report(), language) == print_example(language)


def test_the_date_is_the_one_that_was_given() -> None:
    other = printing.make(make_report(made_on="2025-01-02"))

    assert b"D:20260531" in open_streams(print_example())
    assert b"D:20250102" in open_streams(other)
    assert b"D:2026" not in open_streams(other)


@pytest.mark.parametrize(
    "font", ["NotoSans", "NotoSansThai", "NotoSansKhmer", "NotoSansMyanmar", "NotoSansLao",
             "NotoSansTamil", "NotoSansSC"]
)  # fmt: skip
def test_fonts_of_every_script_are_in_the_file(font: str) -> None:
    opened = open_streams(print_example())

    assert re.search(rb"/FontName\s*/[A-Z]{6}\+" + font.encode() + rb"\b", opened), font


def test_content_in_other_scripts_can_be_copied_out_again() -> None:
    text = read_text(print_example())

    for letter in "ถខမຜத错ế":
        assert letter in text


def test_no_font_of_the_machine_is_used() -> None:
    names = set(re.findall(rb"/FontName\s*/[A-Z]{6}\+([A-Za-z-]+)", open_streams(print_example())))

    assert names
    assert all(name.startswith(b"NotoSans") for name in names), names


def test_every_character_of_the_example_can_be_printed() -> None:
    titles = [each["title"] for each in document.compose(make_report(), Speech())["sections"]]

    assert "Characters that could not be printed" not in titles


def test_a_character_without_a_glyph_is_told() -> None:
    report = make_report(title="Noodles 🍜")
    last = document.compose(report, Speech())["sections"][-1]

    assert printable.list_lacking("🍜 noodles\n") == ["🍜"]
    assert "U+1F35C" in last["blocks"][0]["text"]
    assert printing.make(report)


def test_every_language_s_own_name_can_be_printed() -> None:
    assert not printable.list_lacking("".join(each.name for each in LANGUAGES.values()))


def test_every_section_is_there_and_says_what_is_missing() -> None:
    sections = {
        each["title"]: str(each["blocks"])
        for each in document.compose(make_bare_report(), Speech())["sections"]
    }

    assert list(sections) == [
        "Design and pre-registration",
        "Interim looks",
        "Coverage",
        "Who rated",
        "Exclusions by rule",
        "Agreement of raters",
        "Effects by variant",
        "Keeping and gaining",
        "Raters and items",
        "What this report cannot tell",
        "How to recompute",
    ]
    assert "not on record" in sections["Design and pre-registration"]
    assert "not on record" in sections["Interim looks"]
    assert "not on record" in sections["Coverage"]
    assert "No rating was left out." in sections["Exclusions by rule"]
    assert "no ratings to compare" in sections["Agreement of raters"]
    assert "No effect was computed." in sections["Effects by variant"]
    assert "No benchmark" in sections["Keeping and gaining"]
    assert "not compared" in sections["Raters and items"]
    assert printing.make(make_bare_report())


def make_bare_report() -> Report:
    return Report(
        title="Nothing yet",
        made_on="2026-05-31",
        who="people",
        is_sealed=False,
        design=Design(form="likert", medium=None, criteria=(), arms=(), strata={}, region={},
                      num_prompts=0, ratings_per_item=None),
        history=History(),
        coverage=(),
        raters=Raters(num=0),
        left_out=(),
        agreement={},
    )  # fmt: skip


def test_a_sealed_report_names_no_arm_outside_the_design() -> None:
    report = make_report(is_sealed=True, effects=None, frontier=None)
    made = document.compose(report, Speech())
    after_design = str([made["front"], *made["sections"][1:]]).replace("SDXL.", "")

    # The registered comparison and the list of variants are part of the design.
    assert "SEA-SDXL" not in after_design
    assert "Sealed until the study closes" in after_design


def test_simulated_raters_are_told_on_the_first_page_and_with_the_raters() -> None:
    made = document.compose(make_report(who="simulated"), Speech())

    assert made["front"][0] == {
        "kind": "warning",
        "text": "Simulated raters: nothing here is about people.",
    }
    raters = next(each for each in made["sections"] if each["title"] == "Who rated")
    assert raters["blocks"][0]["kind"] == "warning"


def test_the_sentence_on_beta_star_is_there_only_with_a_weight() -> None:
    frontier = dict(make_report().frontier or {})
    frontier["grp"] = {**frontier["grp"], "alpha": None, "beta_star": None, "best": None}
    without = str(document.compose(make_report(frontier=frontier), Speech())["sections"])

    assert "beta*" in str(document.compose(make_report(), Speech())["sections"])
    assert "At the region's weight" not in without


def test_headings_are_indonesian_and_content_stays() -> None:
    made = document.compose(make_report(), Speech("id"))

    assert "Coverage" not in [each["title"] for each in made["sections"]]
    assert made["dated"] == "31 Mei 2026"
    assert "អាហារពេលព្រឹក" in made["title"]


def test_texts_of_a_chart_are_taken_out_with_their_places() -> None:
    made = document.compose(make_report(), Speech())
    picture = next(each for each in made["front"] if each["kind"] == "picture")

    assert "<text" not in picture["svg"]
    label = next(each for each in picture["texts"] if each["text"] == "SEA-SDXL 25%")
    assert label["anchor"] == "end"
    assert 0 < label["x"] < picture["width"]
    assert 0 < label["y"] < picture["height"]
    assert pictures.__doc__


def test_markup_in_study_content_stays_text() -> None:
    arms = dataclasses.replace(make_report().design.arms[0], name="#panic() *x* $1 \\ <b> @a")
    report = make_report(title="#set page(width: 1pt) = $x$ *b* _i_")
    report = dataclasses.replace(report, design=dataclasses.replace(report.design, arms=(arms,)))

    assert printing.make(report)


def test_fonts_are_what_their_list_says_and_their_licence_is_there() -> None:
    rows = re.findall(r"^\| (\S+\.ttf) \|.*\| (\d+) \| ([0-9a-f]{64}) \|$", README, re.MULTILINE)
    files = {path.name: path.read_bytes() for path in fonts.FOLDER.glob("*.ttf")}

    assert {name for name, *_ in rows} == set(files)
    for name, size, digest in rows:
        assert (len(files[name]), hashlib.sha256(files[name]).hexdigest()) == (int(size), digest)
    assert sum(map(len, files.values())) <= LARGEST_TOGETHER
    licence = (fonts.FOLDER / "LICENSE").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert licence.count("Copyright 20") == 7


def test_the_carried_families_are_those_that_languages_name() -> None:
    families = {each.family for each in printing._load_fonts().fonts()}

    assert families == set(fonts.FAMILIES)
