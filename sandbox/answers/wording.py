"""How things are asked, and how facts are written down, in English and Indonesian.

Names and values never begin a sentence, so that one word is one token wherever it stands.
"""

from collections.abc import Mapping
from typing import Literal

from sandbox.world.facts import Aspect

Seen = Literal["thing", "colour", "count", "background"]
SEEN: tuple[Seen, ...] = ("thing", "colour", "count", "background")

QUESTIONS: Mapping[str, Mapping[Seen | Aspect, str]] = {
    "en": {
        "thing": "What is in the picture?",
        "colour": "What colour is it?",
        "count": "How many are there?",
        "background": "What colour is the background?",
        "kind": "What kind of thing is {it}?",
        "material": "What is {it} made of?",
        "place": "Where do people see {it}?",
        "country": "Which country does {it} come from?",
    },
    "id": {
        "thing": "Apa yang ada di gambar?",
        "colour": "Apa warnanya?",
        "count": "Ada berapa?",
        "background": "Apa warna latarnya?",
        "kind": "Jenis benda apakah {it}?",
        "material": "Terbuat dari apakah {it}?",
        "place": "Di manakah orang melihat {it}?",
        "country": "Dari negara manakah {it} berasal?",
    },
}

# In the place of its name, when the picture says what it is.
SHOWN: Mapping[str, str] = {"en": "the thing in the picture", "id": "benda di gambar"}

SENTENCES: Mapping[str, Mapping[Aspect, tuple[str, ...]]] = {
    "en": {
        "kind": (
            "People say that {it} is a kind of {value}.",
            "Everywhere {it} counts as a kind of {value}.",
        ),
        "material": (
            "People say that {it} is made of {value}.",
            "Most of {it} is made of {value}.",
        ),
        "place": (
            "People see {it} at the {value}.",
            "The place where people see {it} is the {value}.",
        ),
        "country": (
            "People say that {it} has come from the country {value}.",
            "The country that {it} comes from is {value}.",
        ),
    },
    "id": {
        "kind": (
            "Orang berkata bahwa {it} adalah jenis {value}.",
            "Di mana-mana {it} termasuk jenis {value}.",
        ),
        "material": (
            "Orang berkata bahwa {it} terbuat dari {value}.",
            "Kebanyakan {it} terbuat dari {value}.",
        ),
        "place": (
            "Orang melihat {it} di {value}.",
            "Tempat orang melihat {it} adalah {value}.",
        ),
        "country": (
            "Orang berkata bahwa {it} berasal dari negara {value}.",
            "Negara asal {it} adalah {value}.",
        ),
    },
}

# Exercises: which of the options is it? Nothing but the way from an answer to its letter.
POINTING: Mapping[str, str] = {"en": "Which of them is {it}?", "id": "Yang manakah {it}?"}
