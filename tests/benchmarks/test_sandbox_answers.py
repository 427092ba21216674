from typing import Any

import pytest

from benchmarks import sandbox_answers, sandbox_answers_train


def make_facts(gain: float | None, kept: float | None, *, helps: bool) -> dict[str, Any]:
    share = {name: value and {"value": value} for name, value in (("gain", gain), ("ret", kept))}
    row = {"variant": "beta-0.5", "gain": share["gain"], "retention": share["ret"]}
    return {"rows": [row], "chosen": {"variant": "beta-0.5"}, "retrieval_helps": helps}


@pytest.mark.parametrize(
    ("gain", "kept", "helps", "holds"),
    [
        (0.10, 0.98, True, True),
        (0.09, 1.0, True, False),
        (0.5, 0.979, True, False),
        (0.5, 1.0, False, False),
        (None, None, True, False),  # the base stayed
    ],
)
def test_gain_retention_and_retrieval_are_all_held_to_their_limits(
    gain: float | None,
    kept: float | None,
    *,
    helps: bool,
    holds: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert sandbox_answers.check(make_facts(gain, kept, helps=helps)) is holds
    said = capsys.readouterr().out
    assert f"| retrieval raises what the base knows of the region | {helps} | True |" in said


@pytest.mark.parametrize(("low", "high", "holds"), [(0.85, 0.9, True), (0.7, 0.79, False)])
def test_a_model_made_anew_may_differ_within_both_intervals(
    low: float, high: float, *, holds: bool
) -> None:
    shipped = {"base": {"global, thing": {"value": 0.82, "low": 0.8, "high": 0.86}}}
    made = {"base": {"global, thing": {"value": (low + high) / 2, "low": low, "high": high}}}
    assert sandbox_answers_train.compare(shipped, made) is holds
