"""What belongs together, against its definition pair by pair."""

from collections.abc import Sequence
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from ml.aligning import relation
from ml.training.data.captioned import Material


class Said:
    """Captions of pictures, without the files of a material."""

    def __init__(self, captions: Sequence[Sequence[str]]) -> None:
        self.captions = [text for of_picture in captions for text in of_picture]
        self.owners = [item for item, texts in enumerate(captions) for _ in texts]

    def find_owner(self, number: int) -> int:
        return self.owners[number]

    def find_sentence(self, number: int) -> tuple[str, str]:
        return "en", self.captions[number]

    def list_sentences(self, item: int) -> list[int]:
        return [number for number, owner in enumerate(self.owners) if owner == item]


def relate(said: Said, sentences: Sequence[int]) -> relation.Related:
    return relation.relate(cast("Material", said), sentences)


@given(st.data())
def test_everything_stands_once_and_is_right_where_any_row_says_so(data: Any) -> None:
    texts = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=4)
    said = Said(data.draw(st.lists(texts, min_size=1, max_size=6)))
    numbers = range(len(said.captions))
    sentences = data.draw(st.lists(st.sampled_from(numbers), min_size=1, max_size=12))

    owners = [said.owners[number] for number in sentences]
    words = [said.captions[number] for number in sentences]
    items = sorted(set(owners), key=owners.index)
    once = sorted(set(words), key=words.index)
    places = [(items.index(a), once.index(b)) for a, b in zip(owners, words, strict=True)]

    found = relate(said, sentences)
    assert (found.items, found.texts) == (tuple(items), tuple(once))
    assert found.relation.pairs.tolist() == [
        list(pair) for pair in sorted(set(places), key=places.index)
    ]
    assert found.relation.right.tolist() == [
        [
            any(said.owners[at] == item and said.captions[at] == text for at in numbers)
            for text in once
        ]
        for item in items
    ]


def test_work_grows_with_the_captions_and_not_with_their_square() -> None:
    class Word(str):
        __slots__ = ()
        looks = 0

        def __eq__(self, other: object) -> bool:
            Word.looks += 1
            return str.__eq__(self, other)

        def __hash__(self) -> int:
            Word.looks += 1
            return str.__hash__(self)

    captions = [[Word(f"{item} first"), Word(f"{item} second")] for item in range(100)]
    found = relate(Said(captions), range(200))
    assert found.relation.right.sum() == 200
    assert Word.looks < 10 * 200
