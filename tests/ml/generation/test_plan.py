"""The plan is a value: what is made, in which order, in which batches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.generation import plan
from ml.generation.problems import CannotGenerate
from ml.loading.prompts import Prompt


def make_prompts(num: int, **facts: str) -> list[Prompt]:
    return [Prompt(key=f"k{number}", text=f"text {number}", **facts) for number in range(num)]


def test_all_seeds_of_a_prompt_come_before_the_next_prompt() -> None:
    planned = plan.make(make_prompts(2), seeds=(5, 3), betas=(0.0, 0.25), batch_size=3)
    assert [(shot.number, shot.prompt.key, shot.seed) for shot in planned.shots] == [
        (0, "k0", 5), (1, "k0", 3), (2, "k1", 5), (3, "k1", 3),
    ]  # fmt: skip
    assert [len(batch.shots) for batch in planned.batches] == [3, 1]
    assert [variant.name for variant in planned.variants] == ["beta-0", "beta-0.25"]
    assert planned.num_images == 8


def test_without_betas_the_model_is_the_one_variant() -> None:
    planned = plan.make(make_prompts(1), seeds=(0,), batch_size=4)
    assert planned.variants == (plan.Variant("model", None),)


def test_betas_that_would_be_called_the_same_are_refused_and_minus_nothing_is_nothing() -> None:
    with pytest.raises(CannotGenerate, match=r"Two betas would both be called 'beta-0\.1'\."):
        plan.make(make_prompts(1), seeds=(0,), betas=(0.1, 0.1000000001), batch_size=1)
    planned = plan.make(make_prompts(1), seeds=(0,), betas=(-0.0,), batch_size=1)
    assert planned.variants[0].name == "beta-0"


@settings(max_examples=30, deadline=None)
@given(num=st.integers(1, 30), seeds=st.integers(1, 4), size=st.integers(1, 12))
def test_batches_are_the_whole_plan_cut_into_equal_pieces(num: int, seeds: int, size: int) -> None:
    planned = plan.make(make_prompts(num), seeds=range(seeds), batch_size=size)
    assert [shot.number for shot in planned.shots] == list(range(num * seeds))
    assert {len(batch.shots) for batch in planned.batches[:-1]} <= {size}
    assert 1 <= len(planned.batches[-1].shots) <= size
    assert [batch.index for batch in planned.batches] == list(range(-(-num * seeds // size)))


def test_file_names_sort_like_the_plan_and_cannot_meet_or_lead_elsewhere() -> None:
    keys = ["../../etc/passwd", "a b", "a/b", "ก", "x" * 200, "bread", *(f"n{n}" for n in range(6))]
    prompts = [Prompt(key=key, text="t") for key in keys]
    files = [shot.file for shot in plan.make(prompts, seeds=(0,), batch_size=1).shots]
    assert files == sorted(set(files))
    assert files[:4] == ["00-etc-passwd-0.png", "01-a-b-0.png", "02-a-b-0.png", "03-prompt-0.png"]
    assert max(map(len, files)) < 80


def test_sheet_shows_some_of_every_stratum_in_the_order_of_the_file() -> None:
    prompts = [
        *make_prompts(9, scope="global"),
        Prompt(key="a", text="t", scope="regional", stratum="one"),
        Prompt(key="b", text="t", scope="regional", stratum="one"),
        Prompt(key="c", text="t", scope="regional", stratum="two"),
    ]
    chosen = [prompt.key for prompt in plan.choose_for_sheet(prompts, 4)]
    assert chosen == ["k0", "k1", "a", "c"]
    assert plan.choose_for_sheet(prompts, 100) == prompts
    assert plan.choose_for_sheet(prompts, 0) == []
