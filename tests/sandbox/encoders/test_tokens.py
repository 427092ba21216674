import pytest

from sandbox.encoders import vocabulary
from sandbox.encoders.vocabulary import MAX_LENGTH
from sandbox.world import captions
from sandbox.world.concepts import LANGUAGES
from sandbox.world.scene import Scene, list_scenes

NUM_BYTES = 4 + 256  # tokens that stand for no word


@pytest.fixture(scope="module")
def tokenizer() -> vocabulary.PreTrainedTokenizerFast:
    return vocabulary.make_tokenizer()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caption_is_of_known_words_and_fits(
    tokenizer: vocabulary.PreTrainedTokenizerFast, language: str
) -> None:
    texts = [
        text for scene in list_scenes()[::7] for text in captions.list_captions(scene, language)
    ]
    for text, ids in zip(texts, tokenizer(texts)["input_ids"], strict=True):
        assert len(ids) <= MAX_LENGTH
        assert all(each >= NUM_BYTES for each in ids[1:-1])
        assert tokenizer.decode(ids, skip_special_tokens=True) == text


def test_a_name_without_spaces_is_one_token_wherever_it_stands(
    tokenizer: vocabulary.PreTrainedTokenizerFast,
) -> None:
    scene = Scene(concept="kawung", colour="red")
    for language in ("th", "km"):
        for text in captions.list_captions(scene, language):
            pieces = tokenizer.tokenize(text)
            assert scene.thing.names[language] in [piece.strip("\u2581") for piece in pieces]


def test_texts_come_back_whatever_they_say(tokenizer: vocabulary.PreTrainedTokenizerFast) -> None:
    text = "Zürich ភ្នំពេញ 日本"
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert tokenizer.unk_token_id not in ids
    assert tokenizer.decode(ids) == text


def test_the_end_has_not_the_number_that_clip_takes_for_an_old_file(
    tokenizer: vocabulary.PreTrainedTokenizerFast,
) -> None:
    assert tokenizer.eos_token_id not in (None, 2)
