"""The sandbox's curves are drawn from the tables of its page, and say what these say."""

import pytest

from docs.pictures import curves

TABLE = """
| beta | global kept | regional gained |
| --- | --- | --- |
| .25 | 100.0 % | +28.3 % |
| **.5** | **99.7 %** [97.9, 101.0] | **+82.5 %** [66.5, 99.8] |
| 1, no merge | 87.0 % [81.2, 92.1] | +130.6 % [107.6, 155.9] |

| beta | another table |
"""


def test_a_table_is_read_with_its_intervals_and_what_was_chosen() -> None:
    first, chosen, last = curves.read_table(TABLE)
    assert (first.beta, first.retention.value, first.retention.low) == (0.25, 1.0, None)
    assert not first.is_chosen
    assert chosen.is_chosen
    assert (chosen.gain.value, chosen.gain.low, chosen.gain.high) == (0.825, 0.665, 0.998)
    assert (last.beta, last.retention.value) == (1, 0.87)


def test_a_page_without_a_table_of_betas_is_refused() -> None:
    with pytest.raises(ValueError, match="no table of betas"):
        list(curves.read_table("Nothing was measured."))


def test_the_page_has_a_curve_of_every_arm() -> None:
    chart = curves.make_chart(curves.PAGE.read_text("utf-8"))
    assert {row[0] for row in chart.rows} == {"images", "answers", "embeddings"}
    assert len(chart.rows) == 3 * 5


def test_the_picture_was_drawn_from_the_tables_that_the_page_has_now() -> None:
    chart = curves.make_chart(curves.PAGE.read_text("utf-8"))
    assert curves.read_description(curves.PICTURE) == curves.describe(chart), (
        "The tables of docs/sandbox.md have changed: run `python -m docs.pictures.curves`."
    )
