"""What the world holds, with its names.

Global things are what any base model knows. Regional ones stand in the three strata of the paper;
in the pool they are rare and often wrongly captioned.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Scope = Literal["global", "regional"]

LANGUAGES = ("en", "id", "th", "vi", "km")


@dataclass(frozen=True, kw_only=True)
class Concept:
    key: str
    scope: Scope
    stratum: str  # "shape" and "thing" of global ones; tradition, landmark, cuisine
    names: Mapping[str, str]  # by language, without an article
    plural: str  # English is the only language here that has one
    # What somebody writes who does not know the thing.
    vague: Mapping[str, str] = field(default_factory=dict)
    countries: tuple[str, ...] = ()  # where it is at home
    # Woven cloth and large buildings are drawn large, alone and in the middle.
    is_small_too: bool = True

    @property
    def article(self) -> str:
        return "an" if self.names["en"][0] in "aeiou" else "a"


def _global(key: str, stratum: str, names: str, plural: str = "") -> Concept:
    return Concept(
        key=key,
        scope="global",
        stratum=stratum,
        names=_name(names),
        plural=plural or f"{key}s",
    )


def _name(names: str) -> dict[str, str]:
    """From 'star | bintang | ...', in the order of LANGUAGES."""
    return dict(zip(LANGUAGES, (name.strip() for name in names.split("|")), strict=True))


def _regional(key: str, stratum: str, names: str, plural: str, **more: object) -> Concept:
    return Concept(
        key=key,
        scope="regional",
        stratum=stratum,
        names=_name(names),
        plural=plural,
        vague=_name(str(more["vague"])),
        countries=tuple(str(more["at"]).split()),
        is_small_too=bool(more.get("is_small_too", True)),
    )


CONCEPTS: tuple[Concept, ...] = (
    _global("circle", "shape", "circle | lingkaran | วงกลม | hình tròn | រង្វង់"),
    _global("square", "shape", "square | persegi | สี่เหลี่ยม | hình vuông | ការ៉េ"),
    _global("triangle", "shape", "triangle | segitiga | สามเหลี่ยม | hình tam giác | ត្រីកោណ"),
    _global("star", "shape", "star | bintang | ดาว | ngôi sao | ផ្កាយ"),
    _global("heart", "shape", "heart | hati | หัวใจ | trái tim | បេះដូង"),
    _global("ring", "shape", "ring | cincin | แหวน | chiếc nhẫn | ចិញ្ចៀន"),
    _global("house", "thing", "house | rumah | บ้าน | ngôi nhà | ផ្ទះ"),
    _global("tree", "thing", "tree | pohon | ต้นไม้ | cái cây | ដើមឈើ"),
    _global("car", "thing", "car | mobil | รถยนต์ | ô tô | ឡាន"),
    _global("cup", "thing", "cup | cangkir | ถ้วย | cái cốc | ពែង"),
    _global("fish", "thing", "fish | ikan | ปลา | con cá | ត្រី", "fish"),
    _global("flower", "thing", "flower | bunga | ดอกไม้ | bông hoa | ផ្កា"),
    _global("umbrella", "thing", "umbrella | payung | ร่ม | cái ô | ឆត្រ"),
    _regional(
        "kawung", "tradition",
        "batik kawung cloth | kain batik kawung | ผ้าบาติกกาวุง | vải batik kawung"
        " | ក្រណាត់បាទិកកាវុង",
        "batik kawung cloths", vague="patterned cloth | kain bermotif"
        " | ผ้ามีลวดลาย | vải hoa văn | ក្រណាត់មានលំនាំ", at="ID", is_small_too=False,
    ),
    _regional(
        "parang", "tradition",
        "batik parang cloth | kain batik parang | ผ้าบาติกปารัง | vải batik parang"
        " | ក្រណាត់បាទិកប៉ារ៉ាង",
        "batik parang cloths", vague="patterned cloth | kain bermotif"
        " | ผ้ามีลวดลาย | vải hoa văn | ក្រណាត់មានលំនាំ", at="ID", is_small_too=False,
    ),
    _regional(
        "ikat", "tradition",
        "tenun ikat cloth | kain tenun ikat | ผ้ามัดหมี่ | vải ikat | ក្រណាត់ហូល",
        "tenun ikat cloths", vague="patterned cloth | kain bermotif"
        " | ผ้ามีลวดลาย | vải hoa văn | ក្រណាត់មានលំនាំ", at="ID",
        is_small_too=False,
    ),
    _regional(
        "wayang", "tradition",
        "wayang kulit puppet | wayang kulit | หนังวายัง | rối bóng wayang | ស្បែកវ៉ាយ៉ាង",
        "wayang kulit puppets", vague="paper figure | boneka kertas"
        " | ตุ๊กตากระดาษ | hình nhân giấy | តុក្កតាក្រដាស", at="ID MY",
        is_small_too=False,
    ),
    _regional(
        "wau", "tradition",
        "wau bulan kite | layang-layang wau bulan | ว่าวเดือน | diều wau bulan | ខ្លែងវ៉ៅប៊ូឡាន",
        "wau bulan kites", vague="kite | layang-layang"
        " | ว่าว | cánh diều | ខ្លែង", at="MY",
    ),
    _regional(
        "candi_bentar", "landmark",
        "candi bentar gate | gapura candi bentar | ประตูจันดีเบินตาร์ | cổng candi bentar"
        " | ខ្លោងទ្វារចណ្ឌីបេនតារ",
        "candi bentar gates", vague="old gate | gerbang tua"
        " | ประตูเก่า | cổng cổ | ខ្លោងទ្វារចាស់", at="ID", is_small_too=False,
    ),
    _regional(
        "rumah_gadang", "landmark",
        "rumah gadang house | rumah gadang | บ้านรูมะฮ์กาดัง | nhà rumah gadang | ផ្ទះរូម៉ាកាដាំង",
        "rumah gadang houses", vague="wooden building | bangunan kayu"
        " | อาคารไม้ | công trình gỗ | អគារឈើ", at="ID",
        is_small_too=False,
    ),
    _regional(
        "stupa", "landmark",
        "borobudur stupa | stupa borobudur | เจดีย์บุโรพุทโธ | bảo tháp borobudur"
        " | ស្តូបបូរ៉ូប៊ូឌូរ",
        "borobudur stupas", vague="tower | menara"
        " | หอคอย | tòa tháp | ប៉ម", at="ID",
    ),
    _regional(
        "stilt_house", "landmark",
        "rumah panggung stilt house | rumah panggung | เรือนใต้ถุนสูง | nhà sàn | ផ្ទះសសរ",
        "rumah panggung stilt houses", vague="wooden building | bangunan kayu"
        " | อาคารไม้ | công trình gỗ | អគារឈើ", at="ID MY",
        is_small_too=False,
    ),
    _regional(
        "tumpeng", "cuisine",
        "tumpeng rice cone | nasi tumpeng | ข้าวตุมเปิง | cơm tumpeng | បាយទុំប៉េង",
        "tumpeng rice cones", vague="plate of food | sepiring makanan"
        " | อาหารจานหนึ่ง | đĩa thức ăn | អាហារមួយចាន", at="ID",
    ),
    _regional(
        "ketupat", "cuisine",
        "ketupat | ketupat | ข้าวต้มใบมะพร้าวเกอตูปัต | bánh ketupat | អន្សមកេទូប៉ាត់",
        "ketupats", vague="snack | camilan"
        " | ของว่าง | món ăn vặt | អាហារសម្រន់", at="ID MY SG BN",
    ),
    _regional(
        "klepon", "cuisine",
        "klepon plate | sepiring klepon | ขนมกลือปน | bánh klepon | នំក្លេប៉ុន",
        "klepon plates", vague="snack | camilan"
        " | ของว่าง | món ăn vặt | អាហារសម្រន់", at="ID",
    ),
)  # fmt: skip

BY_KEY: Mapping[str, Concept] = {concept.key: concept for concept in CONCEPTS}
STRATA = ("tradition", "landmark", "cuisine")


def list_concepts(scope: Scope | None = None) -> tuple[Concept, ...]:
    return tuple(each for each in CONCEPTS if scope in (None, each.scope))


def deal(scope: Scope, num: int) -> list[Concept]:
    """So many of a scope, each as often as the others."""
    concepts = list_concepts(scope)
    return [concepts[number % len(concepts)] for number in range(num)]
