"""Byte-pair encoding in CLIP's form, learned from the world's sentences.

In plain Python, because the same texts must give the same vocabulary: ties are broken by the
alphabet. The trainer of the tokenizers library does not promise that for words that end in a mark.
"""

import itertools
from collections import Counter
from collections.abc import Iterable

from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTokenizer

from sandbox.world.captions import list_captions
from sandbox.world.concepts import LANGUAGES
from sandbox.world.scene import list_scenes

END_OF_WORD = "</w>"
START, END = "<|startoftext|>", "<|endoftext|>"
FIRST = "!"  # token 0; what SDXL pads its second tokenizer with
MAX_LENGTH = 77

Merge = tuple[str, str]
Word = tuple[str, ...]


def list_texts() -> list[str]:
    """Every sentence of the world once, in every language."""
    texts = {
        text
        for scene in list_scenes()
        for language in LANGUAGES
        for text in list_captions(scene, language)
    }
    return sorted(texts)


def learn_merges(texts: Iterable[str], num: int) -> list[Merge]:
    """The most frequent pair of neighbours, again and again; nothing that occurs only once."""
    words = _count_words(texts)
    merges: list[Merge] = []
    while len(merges) < num:
        pairs = _count_pairs(words)
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        if pairs[best] < 2:  # noqa: PLR2004 - once is no pattern
            break
        merges.append(best)
        words = _merge(words, best)
    return merges


def make_vocabulary(merges: Iterable[Merge]) -> dict[str, int]:
    """In CLIP's order: bytes, bytes at the end of a word, merges, start, end."""
    alphabet = sorted(ByteLevel.alphabet(), key=_order)
    words = [
        *alphabet,
        *(letter + END_OF_WORD for letter in alphabet),
        *("".join(merge) for merge in merges),
        START,
        END,
    ]
    return {word: number for number, word in enumerate(dict.fromkeys(words))}


def make_tokenizers(merges: list[Merge]) -> tuple[CLIPTokenizer, CLIPTokenizer]:
    """SDXL's two: the first pads with the end token, the second with token 0."""
    vocabulary = make_vocabulary(merges)
    return _make_tokenizer(vocabulary, merges, END), _make_tokenizer(vocabulary, merges, FIRST)


def _make_tokenizer(vocabulary: dict[str, int], merges: list[Merge], pad: str) -> CLIPTokenizer:
    return CLIPTokenizer(
        vocab=dict(vocabulary),
        merges=list(merges),  # type: ignore[arg-type]
        bos_token=START,
        eos_token=END,
        unk_token=END,
        pad_token=pad,
        model_max_length=MAX_LENGTH,
    )


def _order(letter: str) -> tuple[bool, int]:
    # CLIP counts the printable ASCII characters first, so that '!' is token 0.
    code = ord(letter)
    return not ord("!") <= code <= ord("~"), code


def _count_words(texts: Iterable[str]) -> Counter[Word]:
    # The splitting of the tokenizer itself: what is learned here is what it will meet.
    backend = CLIPTokenizer().backend_tokenizer
    normalise, split = backend.normalizer.normalize_str, backend.pre_tokenizer.pre_tokenize_str
    words: Counter[Word] = Counter()
    for text in texts:
        for word, _span in split(normalise(text)):
            words[(*word[:-1], word[-1] + END_OF_WORD)] += 1
    return words


def _count_pairs(words: Counter[Word]) -> Counter[Merge]:
    pairs: Counter[Merge] = Counter()
    for word, count in words.items():
        for pair in itertools.pairwise(word):
            pairs[pair] += count
    return pairs


def _merge(words: Counter[Word], pair: Merge) -> Counter[Word]:
    return Counter({_merge_word(word, pair): count for word, count in words.items()})


def _merge_word(word: Word, pair: Merge) -> Word:
    merged: list[str] = []
    position = 0
    while position < len(word):
        if word[position : position + 2] == pair:
            merged.append("".join(pair))
            position += 2
        else:
            merged.append(word[position])
            position += 1
    return tuple(merged)
