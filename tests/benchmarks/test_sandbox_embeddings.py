from typing import Any

import pytest

from benchmarks import sandbox_embeddings, sandbox_embeddings_train


def make_facts(gain: float | None, kept: float | None) -> dict[str, Any]:
    share = {name: value and {"value": value} for name, value in (("gain", gain), ("ret", kept))}
    row = {"variant": "beta-0.5", "gain": share["gain"], "retention": share["ret"]}
    return {"rows": [row], "chosen": {"variant": "beta-0.5"}}


@pytest.mark.parametrize(
    ("gain", "kept", "holds"),
    [
        (0.10, 0.98, True),
        (0.09, 1.0, False),
        (0.5, 0.979, False),
        (None, None, False),  # the base stayed
    ],
)
def test_gain_and_retention_are_both_held_to_their_limits(
    gain: float | None, kept: float | None, *, holds: bool
) -> None:
    assert sandbox_embeddings.check("CLIP", make_facts(gain, kept)) is holds


@pytest.mark.parametrize(("low", "high", "holds"), [(0.85, 0.9, True), (0.7, 0.79, False)])
def test_an_encoder_made_anew_may_differ_within_both_intervals(
    low: float, high: float, *, holds: bool
) -> None:
    shipped = {"clip": {"first": {"global, en": {"value": 0.82, "low": 0.8, "high": 0.86}}}}
    made = {"clip": {"first": {"global, en": {"value": 0.87, "low": low, "high": high}}}}
    assert sandbox_embeddings_train.compare("clip", shipped, made) is holds
