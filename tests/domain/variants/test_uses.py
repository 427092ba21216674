"""What models are for: forms offer those that can do it, and those of which nobody knows."""

import pytest
from sqlalchemy.orm import Session

from domain.launches import queries as launches
from domain.variants.uses import find_use
from specs.inputs import Use
from tests.factories import make_variant


@pytest.mark.parametrize(
    ("use", "offered"),
    [
        (None, {"Draws", "Answers", "Finds", "New"}),
        ("pictures", {"Draws", "New"}),
        ("answers", {"Answers", "New"}),
        ("vectors", {"Finds", "New"}),
    ],
)
def test_a_form_offers_what_can_do_it_and_what_may(
    use: Use | None, offered: set[str], session: Session
) -> None:
    families = {"Draws": "sdxl", "Answers": "qwen2_5_vl", "Finds": "siglip", "New": "something"}
    for name, family in families.items():
        make_variant(session, name=name, family=family)
    assert set(launches.list_choices(session, "model", use)) == offered


def test_every_family_that_the_product_names_has_one_use() -> None:
    assert [find_use(each) for each in ("sd15", "sd2", "sdxl", "clip", "siglip", "siglip2")] == [
        *["pictures"] * 3, *["vectors"] * 3,
    ]  # fmt: skip
    assert {find_use(each) for each in ("llava", "internvl", "phi4_multimodal", "gemma3")} == {
        "answers"
    }
