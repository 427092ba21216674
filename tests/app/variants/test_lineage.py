from sqlalchemy.orm import Session

from app.variants import lineage
from tests.factories import make_variant


def test_a_model_stands_to_the_right_of_what_it_was_made_from(session: Session) -> None:
    base = make_variant(session)
    tuned = make_variant(session, base=base)
    merges = [make_variant(session, base=base, tuned=tuned, beta=beta) for beta in (0.75, 0.25)]
    drawn = lineage.draw([base, tuned, *merges], tuned.id)
    places = {box.variant.id: (box.x, box.y) for box in drawn.boxes}
    assert places[base.id][0] < places[tuned.id][0] < places[merges[0].id][0]
    # Merges of one pair stand below each other, the smaller share first.
    assert places[merges[1].id][0] == places[merges[0].id][0]
    assert places[merges[1].id][1] < places[merges[0].id][1]
    assert [box.variant.id for box in drawn.boxes if box.is_here] == [tuned.id]
    assert sum(line.is_tuned for line in drawn.lines) == 2
    assert len(drawn.lines) == 5
    assert all(box.x + lineage.BOX_WIDTH <= drawn.width for box in drawn.boxes)
    assert all(box.y + lineage.BOX_HEIGHT <= drawn.height for box in drawn.boxes)


def test_a_parent_that_is_not_shown_leaves_no_line(session: Session) -> None:
    base = make_variant(session)
    tuned = make_variant(session, base=base)
    drawn = lineage.draw([tuned], tuned.id)
    assert (len(drawn.boxes), len(drawn.lines)) == (1, 0)
