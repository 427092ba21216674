"""What colours, sizes, places and numbers are called, and how sentences are built, by language.

`{thing}` is the name with all that belongs to it, `{name}` the name alone. A language without a
plural, and without an article, uses the same name for one and for several.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.world.scene import BACKGROUNDS, COLOURS


@dataclass(frozen=True, kw_only=True)
class Words:
    colours: Mapping[str, str]
    backgrounds: Mapping[str, str]
    sizes: Mapping[str, str]
    places: Mapping[str, str]
    numbers: Mapping[int, str]
    plain: str  # one that is always drawn large, so that nobody says it
    sized: str
    placed: str
    several: str
    sentences: tuple[str, ...]


def _in_order(keys: Mapping[str, object], text: str) -> dict[str, str]:
    return dict(zip(keys, (word.strip() for word in text.split("|")), strict=True))


def _sizes(small: str, large: str) -> dict[str, str]:
    return {"small": small, "large": large}


def _places(left: str, centre: str, right: str) -> dict[str, str]:
    return {"left": left, "centre": centre, "right": right}


WORDS: Mapping[str, Words] = {
    "en": Words(
        colours=_in_order(COLOURS, "red|yellow|green|blue|purple|pink"),
        backgrounds=_in_order(BACKGROUNDS, "white|grey|beige|cyan"),
        sizes=_sizes("small", "large"),
        places=_places("on the left", "in the centre", "on the right"),
        numbers={1: "one", 2: "two", 3: "three"},
        plain="a {colour} {name}",
        sized="a {size} {colour} {name}",
        placed="a {size} {colour} {name} {place}",
        several="{number} {colour} {name}",
        sentences=(
            "{thing} on a {background} background",
            "a drawing of {thing} on a {background} background",
            "{thing}, {background} background",
        ),
    ),
    "id": Words(
        colours=_in_order(COLOURS, "merah|kuning|hijau|biru|ungu|merah muda"),
        backgrounds=_in_order(BACKGROUNDS, "putih|abu-abu|krem|sian"),
        sizes=_sizes("kecil", "besar"),
        places=_places("di kiri", "di tengah", "di kanan"),
        numbers={1: "satu", 2: "dua", 3: "tiga"},
        plain="{name} {colour}",
        sized="{name} {colour} {size}",
        placed="{name} {colour} {size} {place}",
        several="{number} {name} {colour}",
        sentences=(
            "{thing} dengan latar {background}",
            "gambar {thing} dengan latar {background}",
            "{thing}, latar {background}",
        ),
    ),
    "th": Words(
        colours=_in_order(COLOURS, "แดง|เหลือง|เขียว|น้ำเงิน|ม่วง|ชมพู"),
        backgrounds=_in_order(BACKGROUNDS, "ขาว|เทา|ครีม|ฟ้าอ่อน"),
        sizes=_sizes("เล็ก", "ใหญ่"),
        places=_places("ด้านซ้าย", "ตรงกลาง", "ด้านขวา"),
        numbers={1: "หนึ่ง", 2: "สอง", 3: "สาม"},
        plain="{name}สี{colour}",
        sized="{name}สี{colour}ขนาด{size}",
        placed="{name}สี{colour}ขนาด{size}{place}",
        several="{name}สี{colour}{number}ชิ้น",
        sentences=("{thing} บนพื้นหลังสี{background}", "ภาพวาด{thing} พื้นหลังสี{background}"),
    ),
    "vi": Words(
        colours=_in_order(COLOURS, "đỏ|vàng|xanh lá|xanh dương|tím|hồng"),
        backgrounds=_in_order(BACKGROUNDS, "trắng|xám|be|xanh nhạt"),
        sizes=_sizes("nhỏ", "lớn"),
        places=_places("ở bên trái", "ở giữa", "ở bên phải"),
        numbers={1: "một", 2: "hai", 3: "ba"},
        plain="{name} màu {colour}",
        sized="{name} {size} màu {colour}",
        placed="{name} {size} màu {colour} {place}",
        several="{number} {name} màu {colour}",
        sentences=("{thing} trên nền màu {background}", "tranh vẽ {thing}, nền màu {background}"),
    ),
    "km": Words(
        colours=_in_order(COLOURS, "ក្រហម|លឿង|បៃតង|ខៀវ|ស្វាយ|ផ្កាឈូក"),
        backgrounds=_in_order(BACKGROUNDS, "ស|ប្រផេះ|ក្រែម|ខៀវស្រាល"),
        sizes=_sizes("តូច", "ធំ"),
        places=_places("នៅខាងឆ្វេង", "នៅកណ្តាល", "នៅខាងស្តាំ"),
        numbers={1: "មួយ", 2: "ពីរ", 3: "បី"},
        plain="{name}ពណ៌{colour}",
        sized="{name}ពណ៌{colour}{size}",
        placed="{name}ពណ៌{colour}{size}{place}",
        several="{name}ពណ៌{colour}ចំនួន{number}",
        sentences=("{thing} លើផ្ទៃពណ៌{background}", "គំនូរ{thing} លើផ្ទៃពណ៌{background}"),
    ),
}
