import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.jobs import rules
from domain.jobs.models import JobState
from domain.jobs.rules import Ending, Verdict


def decide(ending: Ending, **changes: object) -> Verdict:
    given = {"cancel_requested": False, "shutting_down": False, "attempts_left": 2} | changes
    return rules.decide(ending, **given)  # type: ignore[arg-type]  # overrides of one test


@pytest.mark.parametrize("ending", [Ending.INVALID, Ending.OUT_OF_MEMORY, Ending.CRASHED])
def test_what_would_fail_again_fails_at_once(ending: Ending) -> None:
    assert decide(ending) is Verdict.FAIL


@pytest.mark.parametrize("ending", [Ending.KILLED, Ending.STOPPED])
def test_what_happened_from_outside_is_tried_again_while_attempts_remain(ending: Ending) -> None:
    assert decide(ending) is Verdict.TRY_AGAIN
    assert decide(ending, attempts_left=0) is Verdict.LOSE


@pytest.mark.parametrize("ending", [Ending.KILLED, Ending.STOPPED])
def test_a_worker_that_shuts_down_gives_its_job_back_without_spending_an_attempt(
    ending: Ending,
) -> None:
    assert decide(ending, shutting_down=True, attempts_left=0) is Verdict.GIVE_BACK


@pytest.mark.parametrize("ending", [each for each in Ending if each is not Ending.FINISHED])
def test_whatever_ends_after_the_wish_to_cancel_is_cancelled(ending: Ending) -> None:
    assert decide(ending, cancel_requested=True, shutting_down=True) is Verdict.CANCEL


def test_a_result_that_came_before_the_stop_is_kept() -> None:
    assert decide(Ending.FINISHED, cancel_requested=True) is Verdict.SUCCEED


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        ([], JobState.QUEUED),
        (["succeeded", "succeeded"], JobState.QUEUED),
        (["succeeded", "running"], JobState.WAITING),
        (["waiting"], JobState.WAITING),
        (["running", "failed"], JobState.BLOCKED),
        (["blocked"], JobState.BLOCKED),
        (["cancelled"], JobState.BLOCKED),
        (["lost"], JobState.BLOCKED),
    ],
)
def test_a_job_starts_in_the_state_its_parents_allow(
    parents: list[str], expected: JobState
) -> None:
    assert rules.first_state(parents) is expected


@given(before=st.floats(-1e12, 1e12), after=st.floats(-1e12, 1e12))
def test_a_place_between_is_strictly_between_or_refused(before: float, after: float) -> None:
    place = rules.place_between(before, after)
    assert place is None or before < place < after


def test_the_first_place_is_before_everybody() -> None:
    assert rules.place_between(None, 7.0) == 6.0


def test_a_long_job_stores_progress_less_often() -> None:
    assert rules.progress_interval_s(1) == 0.5
    assert rules.progress_interval_s(120) == 1.0
    assert rules.progress_interval_s(86_400) == 5.0


def test_out_of_memory_names_the_batch_size_and_what_to_try() -> None:
    told = rules.explain_out_of_memory({"batch_size": 8}, "CUDA needed 2 GiB more.")
    assert told == "Out of memory: CUDA needed 2 GiB more. The batch size was 8; try 4."
    assert "already 1" in rules.explain_out_of_memory({"batch_size": 1}, "full")
    assert "fewer jobs" in rules.explain_out_of_memory({}, "full")


def test_a_job_can_be_marked_as_stopped_only_after_its_worker_had_time_to_answer() -> None:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    late = now - rules.MARK_STOPPED_AFTER
    assert rules.can_mark_stopped("running", late, now=now)
    assert not rules.can_mark_stopped("running", late + dt.timedelta(seconds=1), now=now)
    assert not rules.can_mark_stopped("running", None, now=now)
    assert not rules.can_mark_stopped("cancelled", late, now=now)


def test_equal_results_have_equal_digests_whatever_the_order() -> None:
    assert rules.digest_result({"a": 1, "b": 2}, ["x", "y"]) == rules.digest_result(
        {"b": 2, "a": 1}, ["y", "x"]
    )
    assert rules.digest_result({"a": 1}, ["x"]) != rules.digest_result({"a": 1}, ["y"])
