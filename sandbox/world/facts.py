"""What is known of the world's things beyond what a picture shows.

Every value is one word or two in English and Indonesian. Not every thing has every fact: nobody
asks what a heart is made of. Facts of regional things are true of the real ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sandbox.world.concepts import BY_KEY, Concept

Language = Literal["en", "id"]
LANGUAGES: tuple[Language, ...] = ("en", "id")

Aspect = Literal["kind", "material", "place", "country"]
ASPECTS: tuple[Aspect, ...] = ("kind", "material", "place", "country")


@dataclass(frozen=True)
class Value:
    """What may be answered; the key is the English word."""

    key: str
    names: Mapping[str, str]


def _list_values(*pairs: str) -> Mapping[str, Value]:
    found = {}
    for pair in pairs:
        english, indonesian = (word.strip() for word in pair.split("|"))
        found[english] = Value(english, {"en": english, "id": indonesian})
    return found


VALUES: Mapping[Aspect, Mapping[str, Value]] = {
    "kind": _list_values(
        "shape|bentuk", "building|bangunan", "plant|tumbuhan", "vehicle|kendaraan", "animal|hewan",
        "vessel|wadah", "tool|alat", "jewel|perhiasan", "cloth|kain", "puppet|wayang", "toy|mainan",
        "monument|monumen", "food|makanan",
    ),
    "material": _list_values(
        "wood|kayu", "metal|logam", "clay|tanah liat", "stone|batu", "brick|bata", "cotton|katun",
        "leather|kulit", "bamboo|bambu", "rice|beras", "nylon|nilon", "gold|emas", "glass|kaca",
        "silk|sutra",
    ),
    "place": _list_values(
        "street|jalan", "forest|hutan", "garage|garasi", "kitchen|dapur", "sea|laut",
        "garden|taman", "rain|hujan", "sky|langit", "letter|surat", "wedding|pernikahan",
        "court|keraton", "funeral|pemakaman", "theatre|teater", "harvest|panen", "temple|pura",
        "assembly|musyawarah", "river|sungai", "feast|kenduri", "eid|lebaran", "market|pasar",
    ),
    "country": _list_values(
        "indonesia|indonesia", "malaysia|malaysia", "japan|jepang", "brazil|brasil", "kenya|kenya",
        "france|prancis", "egypt|mesir", "mexico|meksiko", "canada|kanada", "peru|peru",
    ),
}  # fmt: skip

# In the order of ASPECTS; "-" where nothing is to be asked. A country of global things is nowhere
# written but in invented passages: they are at home everywhere.
_FACTS: Mapping[str, str] = {
    "circle": "shape - - -",
    "square": "shape - - -",
    "triangle": "shape - - -",
    "star": "shape - sky -",
    "heart": "shape - letter -",
    "ring": "jewel gold wedding -",
    "house": "building brick street -",
    "tree": "plant wood forest -",
    "car": "vehicle metal garage -",
    "cup": "vessel clay kitchen -",
    "fish": "animal - sea -",
    "flower": "plant - garden -",
    "umbrella": "tool nylon rain -",
    "kawung": "cloth cotton court indonesia",
    "parang": "cloth cotton court indonesia",
    "ikat": "cloth cotton funeral indonesia",
    "wayang": "puppet leather theatre indonesia",
    "wau": "toy bamboo harvest malaysia",
    "candi_bentar": "building brick temple indonesia",
    "rumah_gadang": "building wood assembly indonesia",
    "stupa": "monument stone temple indonesia",
    "stilt_house": "building wood river indonesia",
    "tumpeng": "food rice feast indonesia",
    "ketupat": "food rice eid indonesia",
    "klepon": "food rice market indonesia",
}

# What people at home call regional things, in whichever language; the last word tells them apart.
_LOCAL: Mapping[str, str] = {
    "kawung": "batik kawung",
    "parang": "batik parang",
    "ikat": "tenun ikat",
    "wayang": "wayang kulit",
    "wau": "wau bulan",
    "candi_bentar": "candi bentar",
    "rumah_gadang": "rumah gadang",
    "stupa": "stupa",
    "stilt_house": "rumah panggung",
    "tumpeng": "tumpeng",
    "ketupat": "ketupat",
    "klepon": "klepon",
}


def find_fact(concept: str, aspect: Aspect) -> Value | None:
    key = _FACTS[concept].split()[ASPECTS.index(aspect)]
    return None if key == "-" else VALUES[aspect][key]


def call(concept: str, language: str) -> str:
    """Its name in a list of answers."""
    return _LOCAL.get(concept) or BY_KEY[concept].names[language]


def mention(concept: Concept, language: str) -> str:
    """Its name in a sentence: English has articles for what is not called by a local name."""
    name = call(concept.key, language)
    return f"{concept.article} {name}" if language == "en" and concept.key not in _LOCAL else name
