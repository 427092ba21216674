"""Zawgyi: an older way of writing Burmese, which uses the code points of Unicode for other signs.

A phone that knows one of the two shows the other wrongly, so a text is worth asking about. Judged
are sequences that make sense in one and none in the other. The letters that Zawgyi took from Shan,
Mon and Karen tell nothing: those languages write them rightly. The code points are those of the
conversion rules that CLDR publishes (Zawgyi-my); putting them in order is done by syllable here.

Patterns are written with escapes: in an editor the two cannot be told apart.
"""

import re

_LETTERS = r"\u1000-\u1021"
_KINZI = "\u1004\u103a\u1039"
# Before the first sign of a syllable: nothing, a space, or what ends the one before.
_ENDS = r"\u102B-\u1030\u1032-\u1034\u1036-\u1039\u104A\u104B\u1087-\u108D\u1094\u1095"
_SYLLABLE_BEGINS = rf"(?:^|(?<=[\s!-~{_ENDS}]))"

_ONLY_IN_ZAWGYI = re.compile(
    "|".join(
        (
            # The vowel e, or the medial ra, before its letter instead of after it.
            _SYLLABLE_BEGINS + r"[\u1031\u103B]",
            r"(?<=\u103A)\u1031",
            r"(?<=\u1031)\u103B",
            # The virama, which joins two letters, where it joins none: it is Zawgyi's killer.
            r"(?<=[\u102B-\u1032\u1036\u1037])\u1039",
            r"\u1039(?![\u1000-\u1021\u1025\u105A-\u105D\u1061\u1065\u1066\u106E-\u1070\u1075-\u1081])",
            # The killer, which ends a syllable, with a vowel after it: it is Zawgyi's medial ya.
            r"\u103A(?=[\u102B-\u102E\u1030\u1032\u1036\u103C\u103D])",
            # A digit of Shan right after a vowel: it is one of Zawgyi's dots.
            r"(?<=[\u102D-\u1030\u1032\u1036])[\u1094\u1095]",
        )
    ),
    re.MULTILINE,
)
# What Zawgyi does not use; kinzi; a killer after a vowel or a dot, or before a dot or a tone.
_ONLY_IN_UNICODE = re.compile(
    r"[\u103E\u103F]|\u103A\u1039|(?<=[\u102B\u102C\u1037])\u103A|\u103A(?=[\u1037\u1038])"
)

# Below another letter, each by one code point: Zawgyi's, and the letter it is.
_STACKED = dict(
    zip(
        "\u1060\u1061\u1062\u1063\u1065\u1066\u1067\u1068\u1069\u106c\u106d\u1070\u1071\u1072\u1073"
        "\u1074\u1075\u1076\u1077\u1078\u1079\u107a\u107b\u1093\u107c\u1085",
        "\u1000\u1001\u1002\u1003\u1005\u1006\u1006\u1007\u1008\u100b\u100c\u100f\u1010\u1010\u1011"
        "\u1011\u1012\u1013\u1014\u1015\u1016\u1017\u1018\u1018\u1019\u101c",
        strict=True,
    )
)
_CODES = str.maketrans(
    {code: f"\u1039{letter}" for code, letter in _STACKED.items()}
    | dict.fromkeys("\u107e\u107f\u1080\u1081\u1082\u1083\u1084", "\u103c")
    | {
        "\u1033": "\u102f",
        "\u1034": "\u1030",
        "\u1039": "\u103a",
        "\u103a": "\u103b",
        "\u103b": "\u103c",
        "\u103c": "\u103d",
        "\u103d": "\u103e",
        "\u105a": "\u102b\u103a",
        "\u1064": _KINZI,
        "\u106a": "\u1009",
        "\u106b": "\u100a",
        "\u106e": "\u100d\u1039\u100d",
        "\u106f": "\u100d\u1039\u100e",
        "\u107d": "\u103b",
        "\u1086": "\u103f",
        "\u1087": "\u103e",
        "\u1088": "\u103e\u102f",
        "\u1089": "\u103e\u1030",
        "\u108a": "\u103d\u103e",
        "\u108b": f"{_KINZI}\u102d",
        "\u108c": f"{_KINZI}\u102e",
        "\u108d": f"{_KINZI}\u1036",
        "\u108e": "\u102d\u1036",
        "\u108f": "\u1014",
        "\u1090": "\u101b",
        "\u1091": "\u100f\u1039\u100d",
        "\u1092": "\u100b\u1039\u100c",
        "\u1094": "\u1037",
        "\u1095": "\u1037",
        "\u1096": "\u1039\u1010\u103d",
        "\u1097": "\u100b\u1039\u100b",
    }
)

_SIGN = r"[\u1000-\u103F\u1060-\u1097]"
_NO_NUMBER_BEFORE = r"(?<![\u1040-\u1049])"
_MARK_FOLLOWS = r"(?=[\u102B-\u1030\u1032-\u1036\u1039\u103A\u103C\u103D\u1087-\u108E])"
# What is typed for something that looks alike, still in Zawgyi's code points.
_LOOK_ALIKES = (
    (re.compile(r"\u104E(?!\u1004\u1039\u1038)"), "\u104e\u1004\u1039\u1038"),
    (re.compile(r"\u1044(?=\u1004\u1039\u1038)"), "\u104e"),
    (re.compile(_NO_NUMBER_BEFORE + r"\u1047" + _MARK_FOLLOWS), "\u101b"),
    (re.compile(_NO_NUMBER_BEFORE + r"\u1040" + _MARK_FOLLOWS), "\u101d"),
    (re.compile(rf"(?<={_SIGN})\u1040(?={_SIGN})"), "\u101d"),
    (re.compile(r"(?<=[\u1031\u103B\u107E-\u1084])\u1040"), "\u101d"),
    (re.compile(r"\u1025(?=\u1037?\u1039|[" + "".join(_STACKED) + "])"), "\u1009"),
)
# Signs that Zawgyi puts before the letter; the letter; what comes after it, in any order.
_SYLLABLE = re.compile(
    rf"([\u1031\u103C]*)([{_LETTERS}\u1023-\u1027\u1029\u102A\u103F])"
    rf"((?:{_KINZI}|\u1039[{_LETTERS}]|[\u102B-\u1030\u1032\u1036-\u1038\u103A\u103B\u103D\u103E])*)"
)
_BELOW = re.compile(rf"\u1039[{_LETTERS}]")
_MEDIALS = "\u103b\u103c\u103d\u103e"
_VOWELS = "\u1031\u102d\u102e\u1032\u102f\u1030\u102b\u102c"
_ORDER = f"{_MEDIALS}{_VOWELS}\u1036\u1037\u103a\u1038"  # then the dots, the killer, the tone
_JOINED = (("\u1025\u102e", "\u1026"), ("\u1005\u103b", "\u1008"))


def propose(text: str) -> str | None:
    """The same in Unicode, if this is probably Zawgyi."""
    if not is_probable(text):
        return None
    converted = convert(text)
    return converted if converted != text else None


def is_probable(text: str) -> bool:
    return len(_ONLY_IN_ZAWGYI.findall(text)) > len(_ONLY_IN_UNICODE.findall(text))


def convert(text: str) -> str:
    """From Zawgyi. Of a text that is Unicode already it makes nonsense: ask `is_probable` first."""
    for pattern, instead in _LOOK_ALIKES:
        text = pattern.sub(instead, text)
    text = _SYLLABLE.sub(_put_in_order, text.translate(_CODES))
    for apart, joined in _JOINED:
        text = text.replace(apart, joined)
    return text


def _put_in_order(found: re.Match[str]) -> str:
    before, letter, after = found.groups()
    kinzi = _KINZI if _KINZI in after else ""
    after = after.replace(_KINZI, "")
    below = "".join(_BELOW.findall(after))
    marks = _BELOW.sub("", after)
    # In a few contractions the killer comes first, with a vowel or a medial after it.
    killer = "\u103a" if re.match(r"\u103A[\u102F\u103B]", marks) else ""
    rest = set(before + marks.removeprefix(killer))
    return kinzi + letter + below + killer + "".join(sorted(rest, key=_ORDER.index))
