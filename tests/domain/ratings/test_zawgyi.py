"""Telling Zawgyi from Unicode, and putting it right."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ratings import zawgyi

# As typed in Zawgyi, and the same in Unicode. The two long ones are the first article of the
# Universal Declaration of Human Rights, in parts.
GOLDEN = [
    ("ျမန္မာ", "မြန်မာ"),
    ("ေကာင္းတယ္", "ကောင်းတယ်"),
    ("ေၾကာင္း", "ကြောင်း"),
    ("ႏိုင္ငံေတာ္", "နိုင်ငံတော်"),
    ("ကြၽန္ေတာ္", "ကျွန်တော်"),
    ("ကၽြႏ္ုပ္", "ကျွန်ုပ်"),
    ("ေယာက္်ား", "ယောက်ျား"),
    ("အဂၤလိပ္", "အင်္ဂလိပ်"),
    ("သေဘၤာ ေရာက္ၿပီ", "သင်္ဘော ရောက်ပြီ"),
    ("အကၤ်ီ အသစ္", "အင်္ကျီ အသစ်"),
    ("ပစၥည္း", "ပစ္စည်း"),
    ("သတၱဝါေတြ", "သတ္တဝါတွေ"),
    ("႐ုပ္ရွင္", "ရုပ်ရှင်"),
    ("လႈပ္ရွားမႈေတြ", "လှုပ်ရှားမှုတွေ"),
    ("ေဈး၊ ေစ်း", "ဈေး၊ ဈေး"),
    ("ဣေျႏၵရရ ေန", "ဣန္ဒြေရရ နေ"),
    ("အ၀တ္အစား ၁၀ ထည္", "အဝတ်အစား ၁၀ ထည်"),
    ("၎င္းသည္", "၎င်းသည်"),
    ("၄င္းသည္", "၎င်းသည်"),
    ("ဥၾသ ေနတယ္", "ဥသြ နေတယ်"),
    ("မုန္႔ဟင္းခါး ပံုက မွန္တယ္ (OK 100%) 🙂", "မုန့်ဟင်းခါး ပုံက မှန်တယ် (OK 100%) 🙂"),
    (
        "လူတိုင္းသည္ တူညီ လြတ္လပ္ေသာ ဂုဏ္သိကၡာျဖင့္ လည္းေကာင္း၊",
        "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း၊",
    ),
    (
        "တူညီလြတ္လပ္ေသာ အခြင့္အေရးမ်ားျဖင့္ လည္းေကာင္း၊ ေမြးဖြားလာသူမ်ား ျဖစ္သည္။",
        "တူညီလွတ်လပ်သော အခွင့်အရေးများဖြင့် လည်းကောင်း၊ မွေးဖွားလာသူများ ဖြစ်သည်။",
    ),
]
OTHERS = {
    "Shan": "မိူင်းၶိူင် ၸၢႆး ၵၢၼ် တီႈ ႁဝ်းၶႃႈ လိၵ်ႈလၢႆးတႆး ပဵၼ်ၵူၼ်းမိူင်း ၵေႃႉ ၶေႃႈမုၼ်း",
    "Mon": "ဘာသာမန် ဂွံ ကၠုၚ် တၟေၚ် ညးဂမၠိုၚ် ကေုာံ ဍုၚ် ပ္ဍဲ တၞောဝ် အာတ်မိက် ညံၚ်ရဴ",
    "Karen": "ကညီကျိာ် တၢ် လၢ မၤ ပှၤ အဝဲ သ့ၣ်တဖၣ် ထီၣ် ဒီးကဲ တၢ်ခွဲးတၢ်ယာ",
    "no Burmese": "Right, but the rice is missing. ขนมจีน 🙂",
    "nothing": "",
    "digits": "၁၀:၃၀",
}


@pytest.mark.parametrize(("typed", "meant"), GOLDEN)
def test_zawgyi_is_found_and_comes_out_as_what_was_meant(typed: str, meant: str) -> None:
    assert zawgyi.propose(typed) == unicodedata.normalize("NFC", meant)


@pytest.mark.parametrize("meant", [meant for _, meant in GOLDEN])
def test_the_same_in_unicode_is_left_alone(meant: str) -> None:
    assert zawgyi.propose(meant) is None
    assert [word for word in meant.split() if zawgyi.is_probable(word)] == []


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_languages_are_left_alone_word_by_word(text: str) -> None:
    assert zawgyi.propose(text) is None
    assert [word for word in text.split() if zawgyi.is_probable(word)] == []


# A syllable as its parts; from them it is written in either way, without our conversion.
LETTERS = st.sampled_from("ကခဂဃငစဆဇညတထဒဓနပဖဗဘမယရလဝသဟအ")
MEDIALS = st.sampled_from(["", "ya", "ra", "wa", "ha", "ya wa", "ra wa", "ya ha", "wa ha"])
VOWELS = st.sampled_from(["", "\u102c", "\u102d", "\u102e", "\u1032", "\u102f", "\u1030", "\u1036"])
ENDINGS = st.sampled_from(["", "tone", "dot", "killed", "killed tone", "killed dot"])
UNICODE_MEDIALS = {"ya": "\u103b", "ra": "\u103c", "wa": "\u103d", "ha": "\u103e"}
ZAWGYI_MEDIALS = {"ya": "\u103a", "wa": "\u103c", "ha": "\u103d"}


@st.composite
def syllables(draw: st.DrawFn) -> tuple[str, str]:
    """In Zawgyi, and in Unicode."""
    letter, has_e = draw(LETTERS), draw(st.booleans())
    # What is written as a letter of its own is another matter.
    medials = draw(MEDIALS.filter(lambda each: letter != "စ" or "ya" not in each)).split()
    vowel = draw(st.sampled_from(["", "\u102c"])) if has_e else draw(VOWELS)
    ending, last = draw(ENDINGS), draw(LETTERS)
    old = "\u1031" * has_e + "\u103b" * ("ra" in medials) + letter
    old += "".join(ZAWGYI_MEDIALS.get(each, "") for each in medials) + vowel
    new = letter + "".join(UNICODE_MEDIALS[each] for each in medials) + "\u1031" * has_e + vowel
    old_ending = {"killed": f"{last}\u1039", "tone": "\u1038", "dot": "\u1037"}
    new_ending = {
        "killed": f"{last}\u103a", "tone": "\u1038", "dot": "\u1037",
        "killed dot": f"{last}\u1037\u103a",
    }  # fmt: skip
    old += "".join(old_ending[each] for each in ending.split())
    new += new_ending.get(ending) or "".join(new_ending[each] for each in ending.split())
    return old, new


TEXTS = st.lists(st.lists(syllables(), min_size=1, max_size=4), min_size=1, max_size=6)


def write(words: list[list[tuple[str, str]]], which: int) -> str:
    return " ".join("".join(syllable[which] for syllable in word) for word in words)


@given(TEXTS)
def test_unicode_is_never_changed(words: list[list[tuple[str, str]]]) -> None:
    assert zawgyi.propose(write(words, 1)) is None


@given(TEXTS)
def test_whatever_is_written_in_zawgyi_comes_out_as_the_same_in_unicode(
    words: list[list[tuple[str, str]]],
) -> None:
    converted = zawgyi.convert(write(words, 0))

    assert converted == write(words, 1)
    assert zawgyi.propose(converted) is None


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_asked_about(text: str) -> None:
    proposed = zawgyi.propose(text)

    assert proposed is None or zawgyi.is_probable(text)
