import pytest

from sandbox.answers import passages, wording
from sandbox.llava import vocabulary
from sandbox.llava.vocabulary import IMAGE
from sandbox.world.facts import LANGUAGES


@pytest.fixture(scope="module")
def tokenizer() -> vocabulary.PreTrainedTokenizerFast:
    return vocabulary.make_tokenizer()


def test_every_word_of_the_world_is_one_token(
    tokenizer: vocabulary.PreTrainedTokenizerFast,
) -> None:
    for word in vocabulary.list_words():
        assert word in tokenizer.get_vocab()
    for each in passages.list_passages():
        words = each.text.replace(".", " .").split()
        assert len(tokenizer(each.text, add_special_tokens=False)["input_ids"]) == len(words)


def test_an_answer_is_written_with_the_tokens_that_a_context_says_it_with(
    tokenizer: vocabulary.PreTrainedTokenizerFast,
) -> None:
    said = tokenizer("klepon is made of rice.", add_special_tokens=False)["input_ids"]
    (answer,) = tokenizer("rice", add_special_tokens=False)["input_ids"]
    assert answer in said


@pytest.mark.parametrize("text", ["What is it?\nA. rice", "Zürich ភ្នំពេញ 日本 \t x"])
def test_texts_come_back_whatever_they_say(
    tokenizer: vocabulary.PreTrainedTokenizerFast, text: str
) -> None:
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert tokenizer.unk_token_id not in ids
    assert tokenizer.decode(ids) == text


def test_every_question_is_of_known_words(tokenizer: vocabulary.PreTrainedTokenizerFast) -> None:
    num_bytes = 5 + 256
    for language in LANGUAGES:
        for asked in wording.QUESTIONS[language].values():
            ids = tokenizer(asked.format(it=wording.SHOWN[language]))["input_ids"][1:]
            assert all(each >= num_bytes for each in ids)


def test_the_picture_has_a_mark_of_its_own(
    tokenizer: vocabulary.PreTrainedTokenizerFast,
) -> None:
    assert tokenizer.image_token == IMAGE
    assert IMAGE in tokenizer.all_special_tokens
