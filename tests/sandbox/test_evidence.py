import json
from pathlib import Path
from typing import Any

import pytest

from sandbox import evidence

BETAS = {"beta-0": 0.0, "beta-0.25": 0.25, "beta-1": 1.0}


def write_choosing(folder: Path, scores: dict[str, tuple[float, float]]) -> Path:
    folder.mkdir()
    lines = ["variant,beta,scope,metric,value,lo,hi,mode"]
    for variant, (kept, gained) in scores.items():
        lines.append(f"{variant},{BETAS[variant]},global,correct,{kept},0,100,dsg")
        lines.append(f"{variant},{BETAS[variant]},regional,correct,{gained},0,100,dsg")
    (folder / "scores.csv").write_text("\n".join(lines) + "\n")
    return folder


def write_reporting(folder: Path, scores: dict[str, tuple[float, float]]) -> Path:
    folder.mkdir()
    base = scores["beta-0"]
    facts: dict[str, Any] = {"variants": [], "effects": []}
    for variant, values in scores.items():
        for place, scope in enumerate(("global", "regional")):
            facts["variants"].append({
                "variant": variant, "beta": BETAS[variant], "scope": scope, "score": values[place],
                "n_questions": 350, "n_crops": 3, "gaps": 2,
            })  # fmt: skip
            if variant != "beta-0":
                ratio = values[place] / base[place]
                facts["effects"].append({
                    "variant": variant, "scope": scope, "confidence": 0.95, "num_resamples": 100,
                    "ratio": {"value": ratio, "low": ratio - 0.1, "high": None, "reason": ""},
                })  # fmt: skip
    (folder / "scores.json").write_text(json.dumps(facts))
    return folder


@pytest.fixture
def choosing(tmp_path: Path) -> Path:
    scores = {"beta-0": (98.0, 60.0), "beta-0.25": (97.5, 85.0), "beta-1": (60.0, 95.0)}
    return write_choosing(tmp_path / "choose", scores)


def weigh(choosing: Path, tmp_path: Path, scores: dict[str, tuple[float, float]]) -> Any:
    return evidence.weigh(choosing, write_reporting(tmp_path / "report", scores), alpha=0.43)


def test_the_merge_is_chosen_on_one_half_and_reported_on_the_other(
    choosing: Path, tmp_path: Path
) -> None:
    # On the reporting half another merge would look best: it does not matter.
    scores = {"beta-0": (100.0, 50.0), "beta-0.25": (99.0, 65.0), "beta-1": (99.5, 90.0)}
    found = weigh(choosing, tmp_path, scores)
    assert (found.chosen.variant, found.reported.beta) == ("beta-0.25", 0.25)
    assert found.reported.gain["value"] == pytest.approx(0.3)
    assert found.reported.gain["low"] == pytest.approx(0.2)
    assert found.reported.retention["value"] == pytest.approx(0.99)
    assert found.holds


def test_grp_is_free_to_choose_another_beta(choosing: Path, tmp_path: Path) -> None:
    scores = {"beta-0": (100.0, 50.0), "beta-0.25": (99.0, 65.0), "beta-1": (70.0, 90.0)}
    found = weigh(choosing, tmp_path, scores)
    # .43 * 97.5 + .57 * 85 = 90.4; .43 * 60 + .57 * 95 = 80
    assert found.beta_star == 0.25


@pytest.mark.parametrize("reported", [(97.9, 65.0), (99.0, 57.0)])
def test_a_loss_too_large_or_a_gain_too_small_does_not_hold(
    choosing: Path, tmp_path: Path, reported: tuple[float, float]
) -> None:
    scores = {"beta-0": (100.0, 50.0), "beta-0.25": reported, "beta-1": (70.0, 90.0)}
    assert not weigh(choosing, tmp_path, scores).holds


def test_when_nothing_keeps_enough_the_base_stays_and_nothing_is_promised(tmp_path: Path) -> None:
    scores = {"beta-0": (98.0, 60.0), "beta-0.25": (90.0, 85.0), "beta-1": (60.0, 95.0)}
    choosing = write_choosing(tmp_path / "choose", scores)
    found = weigh(choosing, tmp_path, scores)
    assert found.chosen.variant == "beta-0"
    assert not found.holds


def test_items_and_gaps_are_counted_over_all_pictures(choosing: Path, tmp_path: Path) -> None:
    scores = {"beta-0": (100.0, 50.0), "beta-0.25": (99.0, 65.0), "beta-1": (70.0, 90.0)}
    told = weigh(choosing, tmp_path, scores).to_json()
    assert told["num_items"] == {"global": 1050, "regional": 1050}
    assert told["gaps"] == {"global": 6, "regional": 6}
    json.dumps(told)
