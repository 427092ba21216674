"""Holm's correction, against statsmodels."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from stats.effects import holm


@settings(max_examples=20)  # theirs takes its time
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_it_is_that_of_statsmodels(p_values: list[float]) -> None:
    theirs = multipletests(p_values, method="holm")[1]
    assert holm.adjust(p_values) == pytest.approx(list(theirs), abs=1e-12)


def test_the_smallest_counts_all_and_none_falls_below_a_smaller_one() -> None:
    assert holm.adjust([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_what_is_undefined_stays_and_does_not_count() -> None:
    assert holm.adjust([0.02, None, 0.01]) == pytest.approx([0.02, None, 0.02])
    assert holm.adjust([None]) == [None]
    assert holm.adjust([]) == []
