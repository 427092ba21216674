"""Translators from folders: tiny ones of the real classes, which know a few captions by heart."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from ml.loading.problems import UnfitModel
from ml.loading.translators import languages, registry, translator
from ml.loading.translators.registry import Pair
from ml.loading.translators.translator import Translator
from specs.filters.translation import WORDING, Translation
from specs.region import Region
from tests import tiny_encoders, tiny_translators

ASKED = "{source} to {target}: {text}"
LONG = "Topi anyaman bambu dari pulau yang besar di timur"
GEMMA_KNOWS = {
    "A kite": "Layangan",
    "A drum": "Gendang",
    "A cat": '"Kucing"',
    "A dog": "Sure:\nAnjing",
    "A hat": LONG,
    "A cup": "Cup",
}


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def nllb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lessons = [
        ("A kite", "ind_Latn", "Layangan"), ("A kite", "zsm_Latn", "Wau"),
        ("A drum", "ind_Latn", "Gendang"), ("A drum", "zsm_Latn", "Kompang"),
    ]  # fmt: skip
    return tiny_translators.build_nllb(tmp_path_factory.mktemp("models") / "nllb", lessons)


@pytest.fixture(scope="module")
def m2m(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lessons = [("A kite", "tl", "Saranggola"), ("A kite", "id", "Layangan")]
    return tiny_translators.build_m2m(tmp_path_factory.mktemp("models") / "m2m", lessons)


@pytest.fixture(scope="module")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wording = ASKED.replace("{source}", "English").replace("{target}", "Indonesian")
    lessons = [(wording.replace("{text}", text), told) for text, told in GEMMA_KNOWS.items()]
    return tiny_translators.build_gemma(tmp_path_factory.mktemp("models") / "gemma", lessons)


@pytest.fixture(scope="module")
def translate_gemma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    codes = {"type": "text", "source_lang_code": "en", "target_lang_code": "id"}
    lessons = [([{**codes, "text": "A kite"}], "Layangan")]
    return tiny_translators.build_gemma(
        tmp_path_factory.mktemp("models") / "translategemma", lessons,
        template=tiny_translators.TRANSLATE_GEMMA,
    )  # fmt: skip


def load(
    folder: Path, target: str = "id", region: Region | None = None, **fields: object
) -> Translator:
    spec = Translation.model_validate({"target": target, "max_tokens": 20, **fields})
    pair = Pair(
        source=languages.find(spec.source, code=spec.source_code, region=region),
        target=languages.find(spec.target, code=spec.target_code, region=region),
    )
    return registry.open_translator(folder, pair, spec, device="cpu")


@pytest.mark.parametrize(
    ("target", "told"), [("id", ["Layangan", "Gendang"]), ("ms", ["Wau", "Kompang"])]
)
def test_nllb_is_told_the_language_by_its_flores_code(
    nllb: Path, target: str, told: list[str]
) -> None:
    found = load(nllb, target).translate(["A kite", "A drum"])
    assert [each.text for each in found] == told
    assert [each.problem for each in found] == ["", ""]


def test_nllb_is_told_the_language_of_the_caption_as_well(nllb: Path) -> None:
    opened = load(nllb, source="ms", target="id")
    tokens = opened.tokenizer("A")["input_ids"]  # type: ignore[attr-defined]
    assert opened.tokenizer.convert_ids_to_tokens(tokens)[0] == "zsm_Latn"  # type: ignore[attr-defined]


def test_m2m100_is_told_the_language_by_its_own_code(m2m: Path) -> None:
    """It calls Filipino by the tag of Tagalog, which FLORES-200 writes tgl_Latn for both."""
    assert load(m2m, "fil").translate(["A kite"])[0].text == "Saranggola"
    assert load(m2m, "sv", target_code="id").translate(["A kite"])[0].text == "Layangan"


def test_what_a_regions_file_says_of_a_language_comes_first() -> None:
    region = Region.model_validate(
        {
            "key": "isles", "names": {"en": "Isles"},
            "strata": [{"key": "food", "names": {"en": "Food"}}],
            "countries": [{"code": "IS", "domain": "is", "names": {"en": "Iceland"}}],
            "languages": [{"tag": "zh", "aliases": ["cmn"], "script": "Hant", "flores": "zho_Hant",
                           "names": {"en": "Mandarin"}}],
        }
    )  # fmt: skip
    assert languages.find("zh").flores == "zho_Hans"
    found = languages.find("zh", region=region)
    assert (found.flores, found.name) == ("zho_Hant", "Mandarin")
    assert languages.find("en", region=region).flores == "eng_Latn"


@pytest.mark.parametrize(
    ("tag", "flores"),
    [("zh-Hant-TW", "zho_Hant"), ("zh-SG", "zho_Hans"), ("fil", "tgl_Latn"), ("tet", ""),
     ("km", "khm_Khmr"), ("en-GB", "eng_Latn")],
)  # fmt: skip
def test_a_longer_tag_is_the_language_of_as_much_of_it_as_is_known(tag: str, flores: str) -> None:
    assert languages.find(tag).flores == flores


def test_a_language_that_the_model_does_not_know_is_refused_with_what_was_tried(nllb: Path) -> None:
    with pytest.raises(UnfitModel, match=r"knows no language 'tet' \(codes tried: tet\); say what"):
        load(nllb, "tet")
    with pytest.raises(UnfitModel, match=r"knows no language 'xxx_Latn' \(codes tried: xxx_Latn\)"):
        load(nllb, "id", target_code="xxx_Latn")


@pytest.mark.parametrize("model", ["nllb", "gemma"])
def test_the_same_texts_are_translated_into_the_same_ones_alone_and_in_a_batch(
    model: str, request: pytest.FixtureRequest
) -> None:
    """Shorter texts are filled up on the side on which the model does not go on."""
    folder = request.getfixturevalue(model)
    opened = load(folder, template=ASKED)
    whole = opened.translate(["A kite", "A drum", "A much longer text"])
    assert opened.translate(["A kite", "A drum", "A much longer text"]) == whole
    assert opened.translate(["A kite"]) == whole[:1]
    assert [each.text for each in whole[:2]] == ["Layangan", "Gendang"]


def test_gemma_is_asked_in_words_and_answers_with_the_translation(gemma: Path) -> None:
    opened = load(gemma, template=ASKED)
    assert opened.translate(["A kite"])[0].text == "Layangan"
    assert opened.describe()["family"] == "gemma3_text"


@pytest.mark.parametrize(
    ("caption", "problem", "sentence"),
    [
        ("A cat", "not_only_translation", """answered '"Kucing"', which is more than"""),
        ("A dog", "not_only_translation", "answered 'Sure: Anjing', which is more than"),
        ("A hat", "not_finished", "was not finished after 20 tokens."),
        ("A <end_of_turn>", "holds_mark", "holds '<end_of_turn>', a mark of the model's own."),
        ("x" * 600, "too_long", "The caption has 638 tokens; the model takes 492."),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_translation_has_a_reason(
    gemma: Path, caption: str, problem: str, sentence: str
) -> None:
    before, found, after = load(gemma, template=ASKED).translate(["A kite", caption, "A drum"])
    assert (found.text, found.problem) == ("", problem)
    assert sentence in found.detail
    assert (before.text, after.text) == ("Layangan", "Gendang")


def test_a_translation_that_goes_on_and_on_is_refused(gemma: Path) -> None:
    found = load(gemma, template=ASKED, max_tokens=80).translate(["A hat"])[0]
    assert found.problem == "wrong_length"
    assert "has 49 characters where the caption has 5; at most 4 times as many" in found.detail
    kept = load(gemma, template=ASKED, max_tokens=80, max_growth=10).translate(["A hat"])[0]
    assert kept.text == LONG


@pytest.mark.parametrize(
    ("source", "text", "problem"),
    [("A long caption " * 10, "Pendek", "wrong_length"), ("Pho", "A soup of rice noodles", ""),
     ("x", " ", "not_translated")],
)  # fmt: skip
def test_a_short_word_may_become_a_phrase_but_a_long_text_no_word(
    source: str, text: str, problem: str
) -> None:
    found = translator.check(source, text, finished=True, max_tokens=9, growth=4)
    assert found.problem == problem


def test_what_stands_in_a_caption_is_not_filled_in(gemma: Path) -> None:
    opened = load(gemma)
    tokens = opened._encode(["A {target} of {text}"])["input_ids"][0]  # type: ignore[attr-defined]
    told = opened.tokenizer.decode(tokens)  # type: ignore[attr-defined]
    wording = WORDING.replace("{source}", "English").replace("{target}", "Indonesian")
    turn = wording.replace("{text}", "A {target} of {text}")
    assert told.replace(
        " ", ""
    ) == f"<s><start_of_turn>user\n{turn}<end_of_turn><start_of_turn>model\n".replace(" ", "")


def test_translategemma_is_told_the_languages_by_code(translate_gemma: Path) -> None:
    assert load(translate_gemma).translate(["A kite"])[0].text == "Layangan"
    with pytest.raises(UnfitModel, match="knows no language 'tet'; say what it calls"):
        load(translate_gemma, "tet")


def test_a_language_without_a_name_cannot_be_asked_for(gemma: Path) -> None:
    with pytest.raises(UnfitModel, match="not known how the language 'tet' is called in English"):
        load(gemma, "tet")


def test_a_language_model_without_a_chat_template_is_refused(gemma: Path, tmp_path: Path) -> None:
    bare = shutil.copytree(gemma, tmp_path / "bare")
    (bare / "chat_template.jinja").unlink()
    with pytest.raises(UnfitModel, match="'bare' has no chat template"):
        load(bare)


def test_a_model_that_does_not_say_how_it_ends_is_refused(gemma: Path, tmp_path: Path) -> None:
    endless = shutil.copytree(gemma, tmp_path / "endless")
    for name in ("config.json", "generation_config.json"):
        facts = json.loads((endless / name).read_text())
        (endless / name).write_text(json.dumps(facts | {"eos_token_id": None}))
    with pytest.raises(UnfitModel, match="'endless' does not say which token ends what it writes"):
        load(endless, template=ASKED).translate(["A kite"])


def test_answers_longer_than_the_model_leave_no_room_and_are_refused(gemma: Path) -> None:
    with pytest.raises(UnfitModel, match="takes 512 tokens with its answer; a longest caption of"):
        load(gemma, max_tokens=512)


@pytest.mark.parametrize("model", ["nllb", "gemma"])
def test_a_translator_that_lacks_part_of_itself_is_refused(
    model: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = shutil.copytree(request.getfixturevalue(model), tmp_path / "half")
    config = json.loads((folder / "config.json").read_text())
    for name in ("encoder_layers", "num_hidden_layers"):
        config[name] = 3
    config["layer_types"] = ["full_attention"] * 3
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(UnfitModel, match=r"it lacks \d+ of its tensors, the first is"):
        load(folder)


def test_a_model_that_does_not_write_is_refused(tmp_path: Path) -> None:
    clip = tiny_encoders.build_clip(tmp_path / "clip")
    with pytest.raises(UnfitModel, match="of the family 'clip'; a translation model with encoder"):
        load(clip)


def test_a_wording_without_a_place_for_the_caption_is_refused() -> None:
    with pytest.raises(ValueError, match=r"needs \{text\} once"):
        Translation(target="id", template="Translate.")
