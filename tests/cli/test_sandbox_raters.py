"""`ggez sandbox raters`, in the sandbox's study and in no other one."""

from statistics import mean

import pytest
from sqlalchemy import select, update

from domain.outputs.models import Output
from domain.ratings import coverage
from domain.ratings.models import Rater
from domain.studies import service as studies
from domain.studies.models import Study
from tests.studies import make_design, make_study

from .conftest import Terminal

COMMAND = ("sandbox", "raters")


def make_sandbox(terminal: Terminal, **changes: object) -> None:
    with terminal.database() as session:
        make_study(
            session, terminal.settings, is_sandbox=True, name="Small", num_items=4,
            design=make_design(raters_per_item=2, **changes),
        )  # fmt: skip
        session.execute(update(Output).values(facts={"judged": 0.5}))


def test_each_is_told_with_what_is_known_of_them(terminal: Terminal) -> None:
    make_sandbox(terminal)
    said = terminal.read(*COMMAND, "--n", 2)

    assert (said["study"], said["is_simulated"]) == ("Small", True)
    assert [row["rater"] for row in said["raters"]] == [1, 2]
    assert [row["num_rated"] for row in said["raters"]] == [8, 8]
    with terminal.database() as session:
        rows = session.scalars(select(Rater).order_by(Rater.number)).all()
        assert {row.is_simulated for row in rows} == {True}
        for row, told in zip(rows, said["raters"], strict=True):
            assert row.profile["severity"] == told["severity"]
            assert row.profile["noise"] == told["noise"]


def test_more_of_them_share_what_is_left_and_a_repeat_adds_others(terminal: Terminal) -> None:
    make_sandbox(terminal)
    first = terminal.read(*COMMAND, "--n", 3)["raters"]
    again = terminal.read(*COMMAND, "--n", 1)["raters"]

    # Four prompts, two arms, two ratings of each: so many places there are.
    assert sum(row["num_rated"] for row in first) == 16
    assert min(row["num_rated"] for row in first) > 0
    assert [(row["rater"], row["num_rated"]) for row in again] == [(4, 0)]
    with terminal.database() as session:
        study = studies.get_by_name(session, "Small")
        assert coverage.count_simulated(session, study) == 16
    assert mean(row["noise"] for row in first) > 0


def test_for_people_there_is_a_table(terminal: Terminal) -> None:
    make_sandbox(terminal)
    first, header, row = terminal.run(*COMMAND, "--n", 1).stdout.splitlines()

    assert first == "Simulated raters in 'Small':"
    assert header.split() == ["RATER", "SEVERITY", "NOISE", "RATED"]
    assert (row.split()[0], row.split()[-1]) == ("1", "8")


def test_other_studies_take_none(terminal: Terminal) -> None:
    assert terminal.refuse(*COMMAND) == (1, "There is no study of the sandbox here.")
    with terminal.database() as session:
        make_study(session, terminal.settings, name="Breakfast")
    assert terminal.refuse(*COMMAND) == (1, "There is no study of the sandbox here.")
    assert terminal.refuse(*COMMAND, "--study", "Breakfast") == (
        1,
        "Simulated raters are for the sandbox's own study; 'Breakfast' is a study of people.",
    )
    assert terminal.refuse(*COMMAND, "--study", "Lunch")[0] == 1
    with terminal.database() as session:
        assert session.scalars(select(Rater)).all() == []


@pytest.mark.parametrize("num", [0, 51])
def test_so_many_there_can_be(terminal: Terminal, num: int) -> None:
    make_sandbox(terminal)
    assert terminal.refuse(*COMMAND, "--n", num)[0] == 2
    with terminal.database() as session:
        assert session.scalars(select(Study)).one().name == "Small"
        assert session.scalars(select(Rater)).all() == []
