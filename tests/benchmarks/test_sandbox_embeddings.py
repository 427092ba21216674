from typing import Any

import pytest

from benchmarks import sandbox_embeddings


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
    assert sandbox_embeddings.check(make_facts(gain, kept)) is holds
