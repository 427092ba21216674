"""Fonts of the raters' pages: one small file for each script that a phone may lack, and nothing in
the styles that such scripts do not bear.
"""

import hashlib
import re
import unicodedata

import pytest

from app import static_files
from reports.language import LANGUAGES, Language

from .conftest import Source

FOLDER = static_files.ROOT / "fonts"
LARGEST_BYTES = 80_000
OF_THE_DEVICE = ("Latn", "Hans")
NEEDY = [each for each in LANGUAGES.values() if each.script not in OF_THE_DEVICE]
DOTTED_CIRCLE = 0x25CC


def read_faces() -> dict[str, dict[str, str]]:
    """By family, what the stylesheet says of it. A family has one face: one weight."""
    css = (static_files.ROOT / "fonts.css").read_text(encoding="utf-8")
    bodies = re.findall(r"@font-face\s*\{([^}]*)\}", css)
    faces = [dict(re.findall(r"([a-z-]+):\s*([^;]+);", body)) for body in bodies]
    found = {face["font-family"].strip('"'): face for face in faces}
    assert len(found) == len(faces), "A family has two faces: one weight per script."
    return found


FACES = read_faces()


def find_family(language: Language) -> str:
    return language.font.replace("Noto Sans", "GG-EZ")


def read_range(face: dict[str, str]) -> set[int]:
    found: set[int] = set()
    for first, last in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", face["unicode-range"]):
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def find_file(face: dict[str, str]) -> str:
    (name,) = re.findall(r'url\("fonts/([^"]+)"\)', face["src"])
    return name


@pytest.mark.parametrize("language", NEEDY, ids=lambda each: each.code)
def test_a_language_costs_its_reader_at_most_80_kb_of_fonts(language: Language) -> None:
    face = FACES[find_family(language)]

    assert 0 < (FOLDER / find_file(face)).stat().st_size <= LARGEST_BYTES
    assert face["font-display"] == "swap"


@pytest.mark.parametrize("language", NEEDY, ids=lambda each: each.code)
def test_a_font_is_fetched_for_every_character_of_its_script(language: Language) -> None:
    name = f"{language.font.removeprefix('Noto Sans ').upper()} "
    script = {code for code in range(0x10000) if unicodedata.name(chr(code), "").startswith(name)}
    covered = read_range(FACES[find_family(language)])

    assert len(script) > 50
    assert {f"U+{code:04X}" for code in script - covered} == set()
    assert DOTTED_CIRCLE in covered


def test_no_character_fetches_two_fonts() -> None:
    ranges = [read_range(face) - {DOTTED_CIRCLE} for face in FACES.values()]

    assert sum(len(each) for each in ranges) == len(set.union(*ranges))


def test_pages_ask_for_every_family_before_the_fonts_of_the_device() -> None:
    css = (static_files.ROOT / "app.css").read_text(encoding="utf-8")
    (stack,) = re.findall(r"--sans:([^;]+);", css)

    assert re.findall(r'"([^"]+)"', stack) == list(FACES)
    assert stack.strip().endswith("var(--device)")


def test_fonts_are_what_their_list_says_and_their_licence_is_there() -> None:
    rows = re.findall(
        r"^\| (\S+\.woff2) \|.*\| (\d+) \| ([0-9a-f]{64}) \|$",
        (FOLDER / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    licence = (FOLDER / "LICENSE").read_text(encoding="utf-8")

    assert {name for name, *_ in rows} == {path.name for path in FOLDER.glob("*.woff2")}
    assert {name for name, *_ in rows} == {find_file(face) for face in FACES.values()}
    for name, size, digest in rows:
        data = (FOLDER / name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (int(size), digest), name
        assert f"notofonts/{name.removeprefix('noto-sans-').removesuffix('.woff2')})" in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_letters_are_never_spaced_apart(source: Source) -> None:
    """It tears the marks of Thai, Khmer and Burmese from their letters."""
    ours = [
        *static_files.ROOT.glob("*.css"),
        *(static_files.ROOT / "js").rglob("*.js"),
        *(source.root / "templates").rglob("*.html"),
    ]
    spaced = [
        source.name(path)
        for path in ours
        if re.search(r"letter-spacing|letterSpacing", path.read_text(encoding="utf-8"))
    ]

    assert not spaced, f"Take letter-spacing away from {spaced}."
