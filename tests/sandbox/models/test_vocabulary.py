import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import CLIPTokenizer

from sandbox.models import vocabulary
from sandbox.models.vocabulary import Merge


def test_the_most_frequent_pair_is_merged_first() -> None:
    # 'l' before a closing 'o' comes twice, every other pair once.
    assert vocabulary.learn_merges(["lot lo lo"], 2) == [("l", "o</w>")]


def test_ties_are_broken_by_the_alphabet() -> None:
    assert vocabulary.learn_merges(["cd cd ab ab"], 2) == [("a", "b</w>"), ("c", "d</w>")]


def test_what_occurs_once_is_no_pattern() -> None:
    assert vocabulary.learn_merges(["abc"], 10) == []


def test_the_same_texts_in_any_order_give_the_same_merges(texts: list[str]) -> None:
    assert vocabulary.learn_merges(texts, 40) == vocabulary.learn_merges(texts[::-1], 40)


def test_the_vocabulary_has_clips_order(merges: list[Merge]) -> None:
    known = vocabulary.make_vocabulary(merges)

    assert known["!"] == 0
    assert known["!</w>"] == 256
    assert known["".join(merges[0])] == 512
    assert known[vocabulary.START] == len(known) - 2
    assert known[vocabulary.END] == len(known) - 1
    assert sorted(known.values()) == list(range(len(known)))


def test_a_tokenizer_that_was_saved_reads_alike(
    merges: list[Merge], tmp_path: Path, texts: list[str]
) -> None:
    first, second = vocabulary.make_tokenizers(merges)
    first.save_pretrained(tmp_path)
    again = CLIPTokenizer.from_pretrained(tmp_path)

    assert [again(text).input_ids for text in texts] == [first(text).input_ids for text in texts]
    assert again.get_vocab() == vocabulary.make_vocabulary(merges)
    assert again.model_max_length == 77
    assert second.pad_token_id == 0
    assert first.pad_token_id == first.eos_token_id


def test_a_word_of_the_world_is_one_token(merges: list[Merge]) -> None:
    tokenizer, _ = vocabulary.make_tokenizers(merges)

    assert tokenizer.tokenize("a red circle") == ["a</w>", "red</w>", "circle</w>"]


def test_the_worlds_own_vocabulary_has_no_unknown_text() -> None:
    merges = vocabulary.learn_merges(vocabulary.list_texts()[::400], 200)
    tokenizer, _ = vocabulary.make_tokenizers(merges)
    for text in vocabulary.list_texts()[::997]:
        ids = tokenizer(text).input_ids
        assert ids.count(tokenizer.eos_token_id) == 1
        assert tokenizer.decode(ids, skip_special_tokens=True).replace(" ", "") == (
            text.lower().replace(" ", "")
        )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(alphabet="abc ", max_size=12), max_size=6))
def test_every_merge_joins_what_was_there_before(texts: list[str]) -> None:
    known = set(vocabulary.make_vocabulary([]))
    for left, right in vocabulary.learn_merges(texts, 30):
        assert {left, right} <= known
        known.add(left + right)


def test_the_vocabulary_is_json(merges: list[Merge]) -> None:
    assert json.loads(json.dumps(vocabulary.make_vocabulary(merges)))
