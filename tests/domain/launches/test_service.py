import pytest
from sqlalchemy.orm import Session

from domain.errors import Invalid
from domain.jobs import queries
from domain.jobs.models import JobState
from domain.launches import service as launches
from domain.settings import Settings
from specs.kinds.system.system_check import SystemCheck
from specs.recipe import Recipe, Step
from tests.factories import make_job

RECIPE = Recipe(
    name="Check twice",
    steps=(
        Step(name="second", kind="system.check", spec={"repeats": 2}, needs={"base": "first"}),
        Step(name="first", kind="system.check", spec={"repeats": 1}),
    ),
)


def test_a_recipe_becomes_jobs_that_wait_for_each_other(
    session: Session, settings: Settings
) -> None:
    first, second = launches.launch_recipe(session, RECIPE, settings, actor=None)
    assert (first.state, second.state) == ("queued", "waiting")
    assert first.spec["repeats"] == 1
    assert queries.get_parent_results(session, second.id) == {"base": {}}


def test_a_step_that_is_known_is_not_computed_again(session: Session, settings: Settings) -> None:
    known = make_job(session, state=JobState.SUCCEEDED, spec=SystemCheck(repeats=1))
    first, second = launches.launch_recipe(session, RECIPE, settings, actor=None)
    assert first.id == known.id
    assert second.state == "queued"
    fresh, _ = launches.launch_recipe(session, RECIPE, settings, actor=None, fresh=True)
    assert fresh.id != known.id


def test_an_impossible_recipe_enqueues_nothing(session: Session, settings: Settings) -> None:
    wrong = Recipe(name="r", steps=(Step(name="a", kind="system.check", after=("b",)),))
    with pytest.raises(Invalid, match="which is no step"):
        launches.launch_recipe(session, wrong, settings, actor=None)
    assert queries.list_jobs(session) == []
