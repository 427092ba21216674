import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from sandbox.world import prompts
from sandbox.world.concepts import STRATA, Scope, list_concepts


@pytest.mark.parametrize("scope", prompts.SCOPES)
@pytest.mark.parametrize(("half", "fewest"), [("choose", 650), ("report", 1000)])
def test_what_is_reported_rests_on_a_thousand_answers_and_what_is_chosen_on_two_thirds(
    scope: Scope, half: prompts.Half, fewest: int
) -> None:
    listed = prompts.list_prompts(scope, half)
    num_answers = len(prompts.list_questions(listed)) * len(prompts.SEEDS[half])
    assert fewest <= num_answers <= 1.15 * fewest


@pytest.mark.parametrize("scope", prompts.SCOPES)
@pytest.mark.parametrize("num_prompts", [5, None, 140])
def test_the_halves_share_no_scene_no_text_and_no_seed(
    scope: Scope, num_prompts: int | None
) -> None:
    choose, report = (
        prompts.list_prompts(scope, half, num_prompts=num_prompts) for half in prompts.HALVES
    )
    assert not {each.scene for each in choose} & {each.scene for each in report}
    assert not {each.text for each in choose} & {each.text for each in report}
    assert not set(prompts.SEEDS["choose"]) & set(prompts.SEEDS["report"])
    assert len({each.scene for each in choose}) == len(choose)


def test_regional_prompts_are_even_over_strata_and_things() -> None:
    listed = prompts.list_prompts("regional", "report")
    assert set(Counter(each.stratum for each in listed).values()) == {32}
    assert [each.stratum for each in listed[:3]] == list(STRATA)
    of_tradition = Counter(e.scene.concept for e in listed if e.stratum == "tradition")
    assert len(of_tradition) == 5
    assert max(of_tradition.values()) - min(of_tradition.values()) <= 1


def test_every_global_thing_is_prompted_equally_often() -> None:
    counted = Counter(e.scene.concept for e in prompts.list_prompts("global", "choose"))
    assert counted == {concept.key: 6 for concept in list_concepts("global")}


def test_files_are_the_same_every_time_and_questions_belong_to_prompts(tmp_path: Path) -> None:
    first, second = (prompts.write(tmp_path / name, num_prompts=8) for name in ("a", "b"))
    assert [path.name for path in first] == [
        "prompts-choose.jsonl", "questions-choose.csv", "prompts-report.jsonl",
        "questions-report.csv",
    ]  # fmt: skip
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    lines = [json.loads(line) for line in first[0].read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 16
    assert lines[8] | {"text": ""} == {
        "key": "regional-choose-000", "text": "", "scope": "regional", "stratum": "tradition",
        "country": "ID", "language": "en", "category": "kawung",
    }  # fmt: skip
    with first[1].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["item_id"] for row in rows} == {line["key"] for line in lines}
    texts = {line["key"]: line["text"] for line in lines}
    assert all(row["text"] == texts[row["item_id"]] for row in rows)


def test_more_prompts_than_scenes_are_refused() -> None:
    with pytest.raises(prompts.TooFewScenes, match="scenes for regional prompts to choose; 9999"):
        prompts.list_prompts("regional", "choose", num_prompts=9999)
