"""A tokenizer of the world's words: each is one token, and so is each fixed sentence of a question.

It is of SentencePiece's kind (unigram, with single bytes for what it does not know), and nothing in
it is learned: whole words are always likelier than their letters.
"""

import itertools
from collections.abc import Iterator

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from sandbox.answers import asking, passages, wording
from sandbox.answers.asking import Topic
from sandbox.world import facts
from sandbox.world.concepts import CONCEPTS
from sandbox.world.facts import ASPECTS, LANGUAGES
from specs.families.llava import Llava

PAD, START, END, UNKNOWN, IMAGE = "<pad>", "<s>", "</s>", "<unk>", "<image>"
ASSISTANT = "ASSISTANT:"
# As LLaVA 1.5 talks.
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'][0]['text'] + ' ' }}"
    "{% elif message['role'] == 'user' %}{{ 'USER: ' }}"
    "{% for part in message['content'] if part['type'] == 'image' %}{{ '<image>\\n' }}{% endfor %}"
    "{% for part in message['content'] if part['type'] == 'text' %}{{ part['text'] }}{% endfor %}"
    "{{ ' ' }}"
    "{% else %}{{ 'ASSISTANT: ' }}"
    "{% for part in message['content'] if part['type'] == 'text' %}{{ part['text'] }}{% endfor %}"
    "{{ '</s>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"
)
MAX_LENGTH = 512
_SPACE = "\u2581"
_WORD, _LETTER, _BYTE = -1.0, -20.0, -40.0  # log likelihoods


def make_tokenizer() -> PreTrainedTokenizerFast:
    backend = Tokenizer(models.Unigram(_list_pieces(), unk_id=3, byte_fallback=True))
    backend.pre_tokenizer = _split()
    backend.decoder = decoders.Sequence([
        decoders.Replace(_SPACE, " "), decoders.ByteFallback(), decoders.Fuse(),
        decoders.Strip(content=" ", left=1),
    ])  # fmt: skip
    backend.post_processor = processors.TemplateProcessing(
        single=f"{START} $A", pair=f"{START} $A $B", special_tokens=[(START, 1)]
    )
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=backend,
        pad_token=PAD,
        bos_token=START,
        eos_token=END,
        unk_token=UNKNOWN,
        model_max_length=MAX_LENGTH,
        clean_up_tokenization_spaces=False,
        extra_special_tokens={"image_token": IMAGE},
    )
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in list_fixed()])
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def list_fixed() -> list[str]:
    """What stands in every question of a kind: a tiny model has no length to spare for them."""
    said = Llava()
    begin, end = said.context.split("{passages}")
    quoted = said.passage.partition("{text}")[2]
    between = [
        quoted + "\n" + said.passage.partition("{text}")[0].format(number=number)
        for number in range(2, 10)
    ]
    first = said.passage.partition("{text}")[0].format(number=1)
    return [
        said.instruction_choice,
        said.instruction_open,
        begin + first,
        *between,
        f"{quoted}{end}\n\n{said.instruction_open}",
    ]


def list_words() -> list[str]:
    """Every word of the world's questions, answers and passages, as it is cut out of a text."""
    cut = _split()
    # At the start of a line as well as at the start of everything, where an answer stands.
    texts = [placed for text in _list_texts() for placed in (text, f"\n{text}", f"x\n\n{text}")]
    return sorted({word for text in texts for word, _ in cut.pre_tokenize_str(text)})


def _list_texts() -> Iterator[str]:
    yield from ("USER: \n", f" {ASSISTANT} ", "Question: ", "\n\nOptions", "<context>\n</context>")
    yield from (f'{letter}. "' for letter in "ABCDEFGH123456789")
    yield from (f" {letter}" for letter in "ABCDEFGH")
    yield from list_fixed()
    for language in LANGUAGES:
        yield from (wording.SHOWN[language], wording.POINTING[language])
        yield from wording.QUESTIONS[language].values()
        yield from itertools.chain.from_iterable(wording.SENTENCES[language].values())
        for concept in CONCEPTS:
            yield f" {facts.mention(concept, language)}"
            yield from (f" {names[language]}" for names in (concept.names, concept.vague) if names)
        topics: tuple[Topic, ...] = (*wording.SEEN, *ASPECTS)
        for topic in topics:
            for key in asking.list_keys(topic, CONCEPTS[0]):
                yield f" {asking.say(topic, key, language)}"
    yield from (each.text for each in passages.list_passages())


def _split() -> pre_tokenizers.PreTokenizer:
    """At spaces, which belong to the word behind them, at line ends, and around marks."""
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"\n+"), "isolated"),
        pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="first", split=True),
        pre_tokenizers.Split(Regex(r"[^\w\s\u2581-]"), "isolated"),
    ])  # fmt: skip


def _list_pieces() -> list[tuple[str, float]]:
    words = list_words()
    letters = sorted({letter for word in words for letter in word} - set(words))
    return [
        *((mark, 0.0) for mark in (PAD, START, END, UNKNOWN, IMAGE)),
        *((f"<0x{byte:02X}>", _BYTE) for byte in range(256)),
        *((letter, _LETTER) for letter in letters),
        *((word, _WORD) for word in words),
    ]
