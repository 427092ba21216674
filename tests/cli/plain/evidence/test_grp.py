"""`ggez grp` on a file of scores."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from domain.regions import globalisation
from domain.settings import Settings

SCORES = """variant,beta,scope,metric,value,lo,hi
base,0,global,dpg,100,0,100
base,0,regional,people,1.5,1,3
quarter,.25,global,dpg,99,0,100
quarter,.25,regional,people,1.8,1,3
tuned,1,global,dpg,60,0,100
tuned,1,regional,people,2,1,3
"""


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    path = tmp_path / "scores.csv"
    path.write_text(SCORES, "utf-8")
    return path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(ggez, ["grp", *map(str, arguments)])


def test_everything_comes_out_unrounded(scores: Path) -> None:
    result = call("--scores", scores, "--alpha", 0.4, "--scale", "base", "--json")
    found = json.loads(result.stdout)
    assert list(found) == ["alpha", "scale", "rows", "best", "beta_star", "changes"]
    assert (found["alpha"], found["scale"], found["beta_star"]) == (0.4, "base", 0.25)
    assert found["best"] == {"variant": "quarter", "beta": 0.25}
    assert found["rows"][1] == {
        "variant": "quarter",
        "beta": 0.25,
        "q_global": 99.0,
        "q_regional": pytest.approx(120.0, abs=1e-12),
        "grp": pytest.approx(0.4 * 99 + 0.6 * 120, abs=1e-12),
    }
    # tuned: 133.3 - 73.3 a; quarter: 120 - 21 a; base: 100.
    assert [(each["from"], each["to"]) for each in found["changes"]] == [
        ("tuned", "quarter"),
        ("quarter", "base"),
    ]
    assert [each["alpha"] for each in found["changes"]] == pytest.approx(
        [(400 / 3 - 120) / (220 / 3 - 21), 20 / 21]
    )


@pytest.mark.parametrize("name", ["SEA", "sea", "Sea"])
def test_a_region_has_its_weight_of_a_year_unrounded(scores: Path, name: str) -> None:
    result = call("--scores", scores, "--region", name, "--year", 2023, "--scale", "base", "--json")
    assert json.loads(result.stdout)["alpha"] == 0.434


def test_every_region_and_year_of_the_published_table_is_found() -> None:
    with globalisation.TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (len(rows), len(rows[0])) == (31, 10)
    for row in rows:
        year = int(row.pop("year"))
        for name, value in row.items():
            # A region's own file agrees with the table where both say something.
            assert globalisation.get_alpha(Settings(), name, year) == float(value) / 100
    assert globalisation.get_alpha(Settings(), "World") == float(rows[-1]["World"]) / 100


def test_the_retention_rule_can_be_asked_for_beside_it(scores: Path) -> None:
    arguments = ("--scores", scores, "--alpha", 0.1, "--scale", "base", "--retention", 0.98)
    found = json.loads(call(*arguments, "--json").stdout)
    assert found["best"]["variant"] == "tuned"
    assert found["recommendation"]["variant"] == "quarter"
    assert "'quarter' has the largest regional gain" in call(*arguments).stdout


def test_a_person_reads_a_table_and_sentences(scores: Path) -> None:
    text = call("--scores", scores, "--alpha", 0.4, "--scale", "base").stdout
    assert text.splitlines()[0].split() == ["variant", "beta", "global", "regional", "GRP"]
    assert "Best at alpha 0.4: 'quarter' (beta 0.25); scale: base." in text
    assert "From alpha 0.9524 on, 'base' is better than 'quarter'." in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "exactly one of --alpha and --region"),
        (("--alpha", 0.4, "--region", "sea"), "exactly one of --alpha and --region"),
        (("--alpha", 0.4, "--year", 2020), "--year belongs to --region"),
        (("--alpha", 1.2), "from 0 to 1, not 1.2"),
        (("--alpha", "nan"), "from 0 to 1, not nan"),
        (("--region", "atlantis"), "There is no region 'atlantis'."),
        (("--region", "sea", "--year", 1850), "the years 1993 to 2023, not 1850"),
        (("--region", "eap", "--year", 1850), "the years 1993 to 2023, not 1850"),
        (("--alpha", 0.4), "choose the scale 'bounds' or 'base'"),
    ],
)
def test_a_wrong_wish_is_refused_in_a_sentence(
    scores: Path, arguments: tuple[object, ...], sentence: str
) -> None:
    result = call("--scores", scores, *arguments)
    assert result.exit_code in (1, 2)
    assert sentence in result.output
    assert "mistake" not in result.output
