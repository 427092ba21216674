"""What belongs together by several kinds of labels."""

from hypothesis import given
from hypothesis import strategies as st

from stats import labels

ROWS = st.lists(st.tuples(*[st.sampled_from(["", "a", "b", "c", "d"])] * 2), max_size=12)


def test_rows_are_connected_by_any_label_and_by_way_of_others() -> None:
    groups = ["g", "g", "h", "i", "j"]
    pictures = ["", "p", "p", "", "q"]
    assert labels.connect(groups, pictures).tolist() == [0, 0, 0, 3, 4]


def test_labels_of_different_kinds_and_empty_ones_join_nothing() -> None:
    assert labels.connect(["x", "y", ""], ["y", "", ""]).tolist() == [0, 1, 2]


@given(ROWS)
def test_rows_that_share_a_label_are_together_and_no_label_is_in_two_places(
    rows: list[tuple[str, str]],
) -> None:
    columns = [[row[kind] for row in rows] for kind in (0, 1)]
    found = labels.connect(*columns).tolist()
    for of_kind in columns:
        for label in set(of_kind) - {""}:
            places = {code for code, each in zip(found, of_kind, strict=True) if each == label}
            assert len(places) == 1
    # The first row of each: numbers do not depend on what comes later.
    assert all(found[code] == code <= row for row, code in enumerate(found))
