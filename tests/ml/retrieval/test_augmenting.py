"""Facts behind prompts, within what the text encoders of a pipeline see.

The tiny tokenizers count a token for each letter and two marks; the encoders see 77.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml import devices
from ml.generation.conditions import Conditions
from ml.loading import pipelines
from ml.loading import prompts as prompt_files
from ml.loading.prompts import Prompt
from ml.progress import Silent
from ml.retrieval import compressing, folders
from ml.retrieval.augmenting import augment
from ml.retrieval.compressing import Fact, Room
from ml.retrieval.problems import CannotRetrieve
from specs.kinds.prompts.prompts_augment import PromptsAugment
from tests import tiny_models

LIMIT = 77


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.build_sdxl(tmp_path_factory.mktemp("models") / "sdxl")


@pytest.fixture(scope="module")
def room(pipeline: Path) -> Room:
    return compressing.open_room(pipeline)


def squeeze(room: Room, prompt: str, *facts: str) -> compressing.Compressed:
    passages = [Fact(str(number), text) for number, text in enumerate(facts)]
    return compressing.compress(prompt, passages, room, joint=".")


def test_the_limits_are_those_of_the_pipeline(room: Room) -> None:
    assert room.describe() == {"tokenizer": LIMIT, "tokenizer_2": LIMIT}
    assert room.count("a kite") == 5 + 2


def test_facts_follow_the_prompt_in_their_order(room: Room) -> None:
    made = squeeze(room, "a bowl of mohinga", "It is fish soup. With noodles.", "Eaten early.")
    assert made.text == "a bowl of mohinga. It is fish soup. With noodles. Eaten early."
    assert [(each.passage, each.text) for each in made.kept] == [
        ("0", "It is fish soup."), ("0", "With noodles."), ("1", "Eaten early."),
    ]  # fmt: skip
    assert made.cut == ()
    assert made.num_tokens == room.count(made.text)


def test_a_long_sentence_is_taken_up_to_a_clause_and_the_rest_recorded(room: Room) -> None:
    fact = "It is a soup of fish, lemongrass and ginger, " + "boiled " * 9 + "long. Hot."
    made = squeeze(room, "a bowl of mohinga", fact)
    assert made.text == "a bowl of mohinga. It is a soup of fish, lemongrass and ginger, Hot."
    (cut,) = made.cut
    assert cut.reason == compressing.NO_ROOM
    assert cut.text == ("boiled " * 9 + "long.")


def test_a_prompt_that_fills_the_room_stays_as_it_is(room: Room) -> None:
    made = squeeze(room, "x" * 90, "A fact.", "Another.")
    assert made.text == "x" * 90
    assert made.num_tokens == 92
    assert [(cut.text, cut.reason) for cut in made.cut] == [
        ("A fact.", compressing.PROMPT_FULL), ("Another.", compressing.PROMPT_FULL),
    ]  # fmt: skip


def test_a_mark_of_the_tokenizer_in_a_passage_ends_no_prompt(room: Room) -> None:
    made = squeeze(room, "a kite", "It flies <|endoftext|> high. It is red.")
    assert made.text == "a kite. It is red."
    assert made.cut[0].reason == compressing.A_MARK


def test_lines_of_a_passage_become_one(room: Room) -> None:
    assert squeeze(room, "a kite!", "It\tflies\u00a0high\nIt is red").text == (
        "a kite! It flies high. It is red"
    )


WORDS = st.text("abc", min_size=1, max_size=9)
SENTENCES = st.lists(WORDS, min_size=1, max_size=8).map(lambda words: ", ".join(words) + ".")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    prompt=st.lists(WORDS, min_size=1, max_size=12).map(" ".join),
    facts=st.lists(st.lists(SENTENCES, max_size=3).map(" ".join), max_size=4),
)
def test_it_fits_begins_with_the_prompt_and_loses_no_word(
    room: Room, prompt: str, facts: list[str]
) -> None:
    made = squeeze(room, prompt, *facts)
    assert made.text.startswith(prompt)
    assert made.num_tokens <= LIMIT or made.text == prompt
    for number, fact in enumerate(facts):
        said = [each.text for each in (*made.kept, *made.cut) if each.passage == str(number)]
        assert sorted(" ".join(said).split()) == sorted(fact.split())


def test_prompts_come_out_as_pictures_are_made_from(pipeline: Path, tmp_path: Path) -> None:
    prompts = [Prompt(key="a", text="a kite", scope="regional"), Prompt(key="b", text="a boat")]
    prompt_files.write(tmp_path / "prompts.jsonl", prompts)
    rows = [
        {"key": "a", "passages": [passage("It flies.", "en"), passage("Ia terbang.", "id")]},
        {"key": "b", "passages": []},
    ]
    folders.write_rows(tmp_path / "passages.jsonl", rows)
    out, given = tmp_path / "out", {"state_dir": tmp_path / "state", "progress": Silent()}
    out.mkdir()
    facts = augment(
        PromptsAugment(language="en"),
        prompts=tmp_path / "prompts.jsonl",
        passages=tmp_path / "passages.jsonl",
        base=pipeline,
        out_dir=out,
        **given,
    )
    made = prompt_files.read(out / "prompts.jsonl")
    assert [(each.text, each.scope) for each in made] == [
        ("a kite. It flies.", "regional"), ("a boat", None),
    ]  # fmt: skip
    assert (facts["num_prompts"], facts["num_augmented"]) == (2, 1)
    record = [json.loads(line) for line in (out / "augmented.jsonl").read_text().splitlines()]
    assert record[0]["prompt"] == "a kite"
    assert record[0]["kept"] == [{"passage": "en", "text": "It flies."}]
    # Nothing of it is lost on the way into the picture.
    loaded: Any = pipelines.load_pipeline(pipeline, devices.choose("cpu"))
    assert Conditions(loaded, guided=False).measure(made[0].text).text == ""


def passage(text: str, language: str) -> dict[str, Any]:
    return {"id": language, "text": text, "language": language, "score": 1.0}


def test_prompts_that_nothing_was_found_for_are_named(pipeline: Path, tmp_path: Path) -> None:
    prompt_files.write(tmp_path / "prompts.jsonl", [Prompt(key="a", text="a kite")])
    folders.write_rows(tmp_path / "passages.jsonl", [{"key": "z", "passages": []}])
    with pytest.raises(CannotRetrieve, match="Nothing was retrieved for 1 of the 1 prompts"):
        augment(
            PromptsAugment(),
            prompts=tmp_path / "prompts.jsonl",
            passages=tmp_path / "passages.jsonl",
            base=pipeline,
            out_dir=tmp_path,
            state_dir=tmp_path,
            progress=Silent(),
        )


def test_a_model_without_tokenizers_is_refused(pipeline: Path) -> None:
    with pytest.raises(CannotRetrieve, match="'unet' is no pipeline with tokenizers of its own"):
        compressing.open_room(pipeline / "unet")
