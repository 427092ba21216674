"""Yes/no questions about a scene, in DSG's columns, and the grammar in which they are asked.

The right answer on a right picture is yes. The grammar is closed:

    Is there a NAME?              Are there NAMES?             entity - whole
    Are there NUMBER NAMES?                                    other - count
    Is the NAME COLOUR?           Are the NAMES COLOUR?        attribute - colour
    Is the NAME SIZE?                                          attribute - size
    Is the NAME PLACE?                                         relation - spatial
    Is the background COLOUR?                                  attribute - colour

All but the first and the last depend on the first: what is not there has no colour. A judge
answers by looking up the phrase that fills the place (`phrases`) in what it sees (`TEMPLATES`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sandbox.world.concepts import CONCEPTS
from sandbox.world.scene import Scene
from sandbox.world.words import WORDS

_EN = WORDS["en"]
_SEVERAL = "|".join(_EN.numbers[count] for count in (2, 3))

# The head of a judge that sees what is asked about, and how it is asked; the first that matches
# the whole question counts. The group is named `phrase`.
TEMPLATES: tuple[tuple[str, str], ...] = (
    ("background", rf"is the background (?P<phrase>{'|'.join(_EN.backgrounds.values())})\?"),
    ("count", rf"are there (?P<phrase>{_SEVERAL}) .+\?"),
    ("concept", r"is there (?P<phrase>.+)\?"),
    ("concept", r"are there (?P<phrase>.+)\?"),
    ("size", rf"is the .+ (?P<phrase>{'|'.join(_EN.sizes.values())})\?"),
    ("place", rf"is the .+ (?P<phrase>{'|'.join(_EN.places.values())})\?"),
    ("colour", rf"(?:is|are) the .+ (?P<phrase>{'|'.join(_EN.colours.values())})\?"),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question; the fields are DSG's columns."""

    item_id: str
    text: str
    keywords: str
    proposition_id: int
    dependency: str
    category_broad: str
    category_detailed: str
    tuple: str
    question_natural_language: str


COLUMNS = tuple(Row.__dataclass_fields__)


def questions(scene: Scene, *, item_id: str = "", text: str = "") -> list[Row]:
    asked = [_ask_entity(scene), _ask_colour(scene), *_ask_arrangement(scene)]
    numbered = [
        (number, "0" if number == 1 else "1", *each) for number, each in enumerate(asked, 1)
    ]
    numbered.append((len(asked) + 1, "0", *_ask_background(scene)))
    return [
        Row(
            item_id=item_id,
            text=text,
            keywords=scene.concept,
            proposition_id=number,
            dependency=dependency,
            category_broad=broad,
            category_detailed=detailed,
            tuple=f"{broad} - {detailed} ({about})",
            question_natural_language=question,
        )
        for number, dependency, broad, detailed, about, question in numbered
    ]


def to_columns(rows: list[Row]) -> list[dict[str, str]]:
    return [{name: str(value) for name, value in asdict(row).items()} for row in rows]


def phrases() -> dict[str, dict[str, str]]:
    """For each head of a judge, what may stand in a question and which class it means."""
    things: dict[str, str] = {}
    for concept in CONCEPTS:
        things[f"{concept.article} {concept.names['en']}"] = concept.key
        things[concept.plural] = concept.key
    return {
        "concept": things,
        "colour": _turn(_EN.colours),
        "background": _turn(_EN.backgrounds),
        "count": {word: str(count) for count, word in _EN.numbers.items()},
        "size": _turn(_EN.sizes),
        "place": _turn(_EN.places),
    }


def label(scene: Scene) -> dict[str, str]:
    """The right class of every head: what a judge learns, and what `phrases` leads to."""
    return {
        "concept": scene.concept,
        "colour": scene.colour,
        "background": scene.background,
        "count": str(scene.count),
        "size": scene.size,
        "place": scene.place,
    }


def _turn(words: Mapping[str, str]) -> dict[str, str]:
    return {word: key for key, word in words.items()}


_Question = tuple[str, str, str, str]  # category_broad, category_detailed, about, question


def _ask_entity(scene: Scene) -> _Question:
    thing = scene.thing
    asked = (
        f"Are there {thing.plural}?"
        if scene.count > 1
        else f"Is there {thing.article} {thing.names['en']}?"
    )
    return "entity", "whole", thing.names["en"], asked


def _ask_colour(scene: Scene) -> _Question:
    name, colour = scene.thing.names["en"], _EN.colours[scene.colour]
    subject = f"Are the {scene.thing.plural}" if scene.count > 1 else f"Is the {name}"
    return "attribute", "colour", f"{name}, {colour}", f"{subject} {colour}?"


def _ask_arrangement(scene: Scene) -> list[_Question]:
    """What its caption says of size, place and number, and no more."""
    name = scene.thing.names["en"]
    if scene.count > 1:
        number = _EN.numbers[scene.count]
        asked = f"Are there {number} {scene.thing.plural}?"
        return [("other", "count", f"{name}, =={scene.count}", asked)]
    if not scene.thing.is_small_too:
        return []
    size = _EN.sizes[scene.size]
    found: list[_Question] = [("attribute", "size", f"{name}, {size}", f"Is the {name} {size}?")]
    if scene.size == "small":
        place = _EN.places[scene.place]
        found.append(("relation", "spatial", f"{name}, {place}", f"Is the {name} {place}?"))
    return found


def _ask_background(scene: Scene) -> _Question:
    colour = _EN.backgrounds[scene.background]
    return "attribute", "colour", f"background, {colour}", f"Is the background {colour}?"
