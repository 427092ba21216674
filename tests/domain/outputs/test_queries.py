"""Outputs are recorded once, and compared where all else is equal."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from domain.outputs import errors, queries, service
from tests.factories import (
    list_prompts,
    make_artifact,
    make_job,
    make_output,
    make_prompt_set,
    make_variant,
)


def make_row(**changes: Any) -> dict[str, Any]:
    row = {"variant": "model", "prompt_key": "0001", "prompt": "a market", "seed": 3, "beta": None}
    size = {"width": 64, "height": 64, "file": "a.png", "sha256": "c" * 64}
    return row | size | {"steps": 20, "guidance": 5.0, "batch_size": 4} | changes


def test_what_is_made_again_under_the_same_parameters_is_the_same_row(session: Session) -> None:
    job, variant, artifact = make_job(session), make_variant(session), make_artifact(session)
    prompt_set = make_prompt_set(session)

    def record(*rows: dict[str, Any]) -> int:
        return service.record(
            session,
            job,
            rows,
            prompt_set=prompt_set,
            variants={"model": variant},
            artifact=artifact,
        )

    assert record(make_row(), make_row(seed=4)) == 2
    # How pictures were batched decides nothing that anybody compares; the steps do.
    assert record(make_row(batch_size=1), make_row(steps=30)) == 1
    (first, *_) = queries.list_outputs(session, variant_id=variant.id)
    assert first.prompt.text == "a market at dawn"
    assert first.output.facts == {
        "width": 64, "height": 64, "steps": 30, "guidance": 5.0, "batch_size": 4, "beta": None,
    }  # fmt: skip
    assert queries.count_by_variant(session, [variant.id]) == {variant.id: 3}
    with pytest.raises(errors.PromptUnknown, match="made of the prompt 'x'"):
        record(make_row(prompt_key="x"))


def test_variants_are_compared_where_all_have_made_a_picture(session: Session) -> None:
    one, other = make_variant(session), make_variant(session)
    prompt_set = make_prompt_set(session, "a", "b", "c", scope="regional")
    a, b, c = list_prompts(session, prompt_set)
    for prompt, seed in ((c, 0), (a, 1), (a, 0)):
        make_output(session, one, prompt, seed=seed)
        make_output(session, other, prompt, seed=seed)
    make_output(session, one, b)
    make_output(session, other, b, parameters_digest="d" * 64)
    ids = [one.id, other.id]
    rows = queries.list_compared(session, ids)
    assert [(row.prompt.text, row.seed) for row in rows] == [("a", 0), ("a", 1), ("c", 0)]
    assert [set(row.by_variant) for row in rows] == [set(ids)] * 3
    assert queries.count_compared(session, ids) == 3
    assert [row.seed for row in queries.list_compared(session, ids, start=1, limit=1)] == [1]
    assert queries.count_compared(session, ids, scope="global") == 0
    assert queries.count_compared(session, [one.id]) == 4
    assert queries.list_prompt_sets(session, ids) == [prompt_set]


def test_samples_show_each_prompt_once_and_the_same_ones_each_time(session: Session) -> None:
    variant = make_variant(session)
    prompts = list_prompts(session, make_prompt_set(session, *"abcdef"))
    for prompt in prompts:
        make_output(session, variant, prompt)
        newest = make_output(session, variant, prompt, seed=1)
    shown = queries.list_samples(session, variant.id, limit=4)
    assert len({each.prompt.id for each in shown}) == 4
    assert {each.output.seed for each in shown} == {newest.seed}
    again = queries.list_samples(session, variant.id, limit=4)
    assert [each.id for each in again] == [each.id for each in shown]
