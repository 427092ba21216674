"""The form in which words are compared: what may differ without meaning another thing is gone.

In this order: NFKC (one code for one character; full-width letters become plain ones), invisible
format characters dropped, case folded, decimal digits of every script as 0 to 9, numbers without
grouping (1,000 and 1.000 are 1000: a mark before exactly three digits groups) and with a point for
decimals (1,5 is 1.5), apostrophes dropped, all other punctuation and symbols as blanks, blanks
squeezed. Accents and tone marks stay: they make other words. In scripts that are written without
blanks between words (Han, kana, Thai, Lao, Khmer, Burmese) blanks next to a letter of such a script
are dropped, as they carry no meaning.
"""

import re
import unicodedata

# Thai or Chinese stands beside a Latin letter without a blank: only letters and digits of the Latin
# script make a word with it.
LATIN = r"A-Za-z\u00c0-\u024f\u1e00-\u1eff0-9"
_APOSTROPHES = dict.fromkeys(map(ord, "'\u2019\u02bc\u02bb`"))
_UNSPACED = (
    "\u0e00-\u0e7f"  # Thai
    "\u0e80-\u0eff"  # Lao
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u3040-\u30ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_BLANK_IN_UNSPACED = re.compile(f"(?<=[{_UNSPACED}]) | (?=[{_UNSPACED}])")
# A group has three digits, and all groups of a number the same mark before them.
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}([,.])\d{3}(?:\1\d{3})*(?!\d)")
_DECIMAL = re.compile(r"(?<=\d)[.,](?=\d)")
_DROPPED = ("Cf", "Co")  # invisible ones, and those that mean nothing to anybody else
_POINT = "\ue000"  # stands for a decimal point while punctuation is dropped


def normalise(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    kept = "".join(each for each in plain if unicodedata.category(each) not in _DROPPED)
    folded = unicodedata.normalize("NFKC", kept.casefold()).translate(_APOSTROPHES)
    numbered = _DECIMAL.sub(_POINT, _GROUPED.sub(_join, "".join(map(_as_digit, folded))))
    words = " ".join("".join(map(_drop_mark, numbered)).split())
    return _BLANK_IN_UNSPACED.sub("", words).replace(_POINT, ".")


def _as_digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def _join(found: re.Match[str]) -> str:
    return re.sub(r"\D", "", found.group())


def _drop_mark(letter: str) -> str:
    """Letters, marks on letters and digits stay."""
    is_word = unicodedata.category(letter)[0] in "LMN" or letter == _POINT
    return letter if is_word else " "
