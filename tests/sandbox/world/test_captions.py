import pytest

from sandbox.world import captions, concepts
from sandbox.world.scene import Scene, list_scenes


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "a small pink star on the right on a grey background"),
        ("id", "bintang merah muda kecil di kanan dengan latar abu-abu"),
        ("th", "ดาวสีชมพูขนาดเล็กด้านขวา บนพื้นหลังสีเทา"),
        ("vi", "ngôi sao nhỏ màu hồng ở bên phải trên nền màu xám"),
        ("km", "ផ្កាយពណ៌ផ្កាឈូកតូចនៅខាងស្តាំ លើផ្ទៃពណ៌ប្រផេះ"),
    ],
)
def test_a_caption_says_everything_in_every_language(language: str, expected: str) -> None:
    scene = Scene(concept="star", colour="pink", size="small", place="right", background="grey")
    assert captions.list_captions(scene, language)[0] == expected


def test_a_caption_is_one_of_its_sentences_and_the_same_for_the_same_seed() -> None:
    scene = Scene(concept="kawung", colour="blue")
    known = captions.list_captions(scene, "id")
    said = {captions.caption(scene, "id", seed=seed) for seed in range(40)}
    assert said == set(known)
    assert captions.caption(scene, seed=7) == captions.caption(scene, seed=7)


@pytest.mark.parametrize("concept", concepts.CONCEPTS, ids=lambda concept: concept.key)
def test_every_thing_has_its_own_name_in_every_language(concept: concepts.Concept) -> None:
    for language in concepts.LANGUAGES:
        others = [other.names[language] for other in concepts.CONCEPTS if other != concept]
        assert concept.names[language] not in others
        scene = Scene(concept=concept.key, colour="red")
        assert concept.names[language] in captions.caption(scene, language, seed=1)


def test_different_scenes_are_never_told_the_same() -> None:
    for language in concepts.LANGUAGES:
        told = [captions.list_captions(scene, language)[0] for scene in list_scenes()]
        assert len(set(told)) == len(told)


def test_captions_are_short_enough_for_a_small_text_encoder() -> None:
    for scene in list_scenes():
        assert all(len(text.split()) <= 20 for text in captions.list_captions(scene))


def test_who_does_not_know_the_thing_calls_it_something_else() -> None:
    scene = Scene(concept="kawung", colour="red")
    text = captions.caption(scene, seed=0, name="patterned cloth")
    assert "a red patterned cloth" in text
    assert "kawung" not in text


def test_several_take_the_plural_in_english_only() -> None:
    scene = Scene(concept="tumpeng", colour="green", size="small", count=2)
    assert captions.describe(scene) == "two green tumpeng rice cones"
    assert captions.describe(scene, "id") == "dua nasi tumpeng hijau"


def test_an_unknown_language_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(captions.UnknownLanguage, match="no captions in 'xx'; it has en, id, km"):
        captions.caption(Scene(concept="star", colour="red"), "xx", seed=0)
