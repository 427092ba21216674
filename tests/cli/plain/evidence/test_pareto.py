"""`ggez pareto` on two files."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cli.main import ggez


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    random = np.random.default_rng(0)
    scores, ratings = ["variant,beta,prompt,value,mode"], ["arm,prompt,rater,value"]
    for variant, beta, keeps, gains in (("base", 0, 0.8, 1), ("quarter", 0.25, 0.8, 2)):
        for prompt in range(30):
            value = keeps + random.normal(0, 0.001)
            scores.append(f"{variant},{beta},g{prompt},{value},dsg")
            ratings += [
                f"{variant},r{prompt},{rater},{gains + random.integers(0, 2)}"
                for rater in random.choice(6, 3, replace=False)
            ]
    (tmp_path / "scores.csv").write_text("\n".join(scores), "utf-8")
    (tmp_path / "ratings.csv").write_text("\n".join(ratings), "utf-8")
    return (
        "--global", str(tmp_path / "scores.csv"), "--regional", str(tmp_path / "ratings.csv"),
        "--bootstrap", "200",
    )  # fmt: skip


def call(*arguments: object) -> Result:
    return CliRunner().invoke(ggez, ["pareto", *map(str, arguments)])


def test_everything_comes_as_json(files: tuple[str, ...]) -> None:
    done = call(*files, "--region", "sea", "--year", 2023, "--split-seed", 1, "--json")
    found = json.loads(done.stdout)
    assert found["global"] == "mode 'dsg'"
    assert found["recommendation"]["variant"] == "quarter"
    assert (found["grp"]["alpha"], found["grp"]["beta_star"]) == (0.434, 0.25)
    assert found["points"][1]["p_recommended"] == 1
    assert found["split"]["reported"]["gain"]["n_prompts"] == 15
    assert found["choosing"].startswith("beta was chosen on one half")


def test_people_read_the_recommendation_and_how_sure_it_is(files: tuple[str, ...]) -> None:
    shown = call(*files, "--alpha", 0.5).stdout
    assert "'quarter' has the largest regional gain" in shown
    assert "In 100% of 200 resamples of the prompts the rule chose 'quarter' too." in shown
    assert "beta was chosen and reported on the same prompts" in shown
    assert "At the marked weight 0.5: 'quarter', beta* 0.25." in shown
    halves = call(*files, "--split-seed", 1).stdout
    assert "Chosen on the first half: 'quarter' (beta 0.25). On the other half" in halves


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--mode", "dpg"), "has nothing of mode 'dpg'"),
        (("--base", "none"), "The base 'none' was not measured"),
        (("--alpha", "0.4", "--region", "sea"), "by one of --alpha and --region"),
        (("--year", "2023"), "--year belongs to --region"),
        (("--alpha", "4"), "from 0 to 1, not 4"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    files: tuple[str, ...], words: tuple[str, ...], sentence: str
) -> None:
    done = call(*files, *words)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
