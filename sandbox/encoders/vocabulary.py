"""A tokenizer of the world's words in its five languages: each is one token.

It is of SentencePiece's kind (unigram, with single bytes for what it does not know), and nothing in
it is learned. Thai and Khmer have no spaces between words: there a text is cut into the fewest
pieces that are known.
"""

import itertools
import re
from collections.abc import Iterator

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from sandbox.world import facts
from sandbox.world.captions import find_words
from sandbox.world.concepts import CONCEPTS, LANGUAGES
from sandbox.world.facts import ASPECTS

# The end has not the number 2: CLIP's class takes that for a sign of old files, and then looks for
# the highest number instead of the end.
PAD, START, UNKNOWN, END = "<pad>", "<s>", "<unk>", "</s>"
MAX_LENGTH = 24  # of tokens; the longest caption has 19
FILLED_UP = 20  # to as many SigLIP2 fills up every text, and each costs
_SPACE = "\u2581"
_WORD, _LETTER, _BYTE = -1.0, -20.0, -40.0  # log likelihoods


def make_tokenizer(max_length: int = MAX_LENGTH) -> PreTrainedTokenizerFast:
    backend = Tokenizer(models.Unigram(_list_pieces(), unk_id=2, byte_fallback=True))
    backend.pre_tokenizer = _split()
    backend.decoder = decoders.Sequence([
        decoders.Replace(_SPACE, " "), decoders.ByteFallback(), decoders.Fuse(),
        decoders.Strip(content=" ", left=1),
    ])  # fmt: skip
    backend.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}", special_tokens=[(START, 1), (END, 3)]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=backend,
        pad_token=PAD,
        bos_token=START,
        eos_token=END,
        unk_token=UNKNOWN,
        model_max_length=max_length,
        clean_up_tokenization_spaces=False,
    )


def list_words() -> list[str]:
    """As they are cut out of a text, at its start or behind a space, and in Thai and Khmer also
    behind another word.
    """
    cut = _split()
    found = set()
    for language in LANGUAGES:
        for text in _list_texts(language):
            pieces = [word for word, _ in cut.pre_tokenize_str(text)]
            found.update(pieces)
            if language in ("th", "km"):
                found.update(piece.removeprefix(_SPACE) for piece in pieces)
    return sorted(found - {_SPACE, ""})


def _list_texts(language: str) -> Iterator[str]:
    words = find_words(language)
    for concept in CONCEPTS:
        yield concept.names[language]
        yield concept.vague.get(language, "")
        if language == "en":
            yield concept.plural
            yield f"{concept.vague.get(language, '')}s"
    for named in (words.colours, words.backgrounds, words.sizes, words.places, words.numbers):
        yield from named.values()
    patterns = (words.plain, words.sized, words.placed, words.several, *words.sentences)
    yield from itertools.chain.from_iterable(re.split(r"\{\w+\}", each) for each in patterns)
    if language in facts.LANGUAGES:
        for aspect in ASPECTS:
            yield from (value.names[language] for value in facts.VALUES[aspect].values())


def _split() -> pre_tokenizers.PreTokenizer:
    """At spaces, which belong to the word behind them, and around marks."""
    return pre_tokenizers.Sequence([
        pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="first", split=True),
        pre_tokenizers.Split(Regex(r"[.,?!:;]"), "isolated"),
    ])  # fmt: skip


def _list_pieces() -> list[tuple[str, float]]:
    words = list_words()
    letters = sorted({letter for word in words for letter in word} - set(words))
    return [
        *((mark, 0.0) for mark in (PAD, START, UNKNOWN, END)),
        *((f"<0x{byte:02X}>", _BYTE) for byte in range(256)),
        *((letter, _LETTER) for letter in letters),
        *((word, _WORD) for word in words),
    ]
