"""`ggez agreement` on a file of ratings."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from stats.agreement import report
from stats.agreement.ratings import from_arrays
from stats.agreement.resampling import Bootstrap

FEW = ("--bootstrap", 200)


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    """Sixty items by three raters, in two arms."""
    items, raters = (index.ravel() for index in np.indices((60, 3)))
    values = 1 + (items * 7 + raters * (items % 4 == 0)) % 3
    path = tmp_path / "ratings.csv"
    lines = [
        f"item-{item},rater-{rater},{value},{'base' if item % 2 else 'tuned'}"
        for item, rater, value in zip(items, raters, values, strict=True)
    ]
    path.write_text("\n".join(["item,rater,value,arm", *lines]), "utf-8")
    return path


def call(*arguments: object) -> Result:
    return CliRunner().invoke(ggez, ["agreement", *map(str, arguments)])


def test_json_has_every_coefficient_with_its_interval_and_what_was_done(ratings: Path) -> None:
    facts = json.loads(call(ratings, "--levels", "1..3", *FEW, "--seed", 4, "--json").stdout)
    assert (facts["n_items"], facts["n_raters"], facts["n_ratings"]) == (60, 3, 180)
    assert (facts["seed"], facts["num_resamples"], facts["levels"]) == (4, 200, [1, 2, 3])
    alpha = facts["alpha"]["ordinal"]
    assert alpha["low"] < alpha["value"] < alpha["high"]
    assert "by" not in facts
    assert "Krippendorff" in facts["definitions"]["alpha.ordinal"]


def test_the_numbers_are_those_that_the_platform_measures(ratings: Path) -> None:
    facts = json.loads(call(ratings, "--levels", "1..3", *FEW, "--by", "arm", "--json").stdout)
    cells = [line.split(",") for line in ratings.read_text("utf-8").splitlines()[1:]]
    item, rater, value, arm = zip(*cells, strict=True)
    rows = from_arrays(item, rater, [float(each) for each in value], {"arm": arm})
    plan = Bootstrap(num_resamples=200)
    own = report.measure(rows, (1, 2, 3), by="arm", bootstrap=plan)
    assert facts == json.loads(json.dumps(own.to_json()))
    assert [each["arm"] for each in facts["by"]] == ["base", "tuned"]


def test_a_person_reads_a_table_and_what_to_beware_of(ratings: Path) -> None:
    text = call(ratings, "--levels", "1..3", *FEW, "--by", "arm").stdout
    assert text.startswith("180 ratings of 60 items by 3 raters.\n")
    assert "Krippendorff's alpha, ordinal  " in text
    assert "without one rater: " in text
    assert "fewer than 10 raters (3)" in text
    assert "200 resamples and seed 0" in text
    assert "\ntuned " in text


def test_a_number_that_is_undefined_says_why(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("item,rater,value\n1,a,2\n1,b,2\n2,a,2\n2,b,2\n", "utf-8")
    text = call(path, "--levels", "1,2,3", *FEW).stdout
    assert "(no variation)" in text
    facts = json.loads(call(path, "--levels", "1,2,3", *FEW, "--json").stdout)
    assert facts["fleiss_kappa"] == {
        "value": None, "low": None, "high": None, "reason": "no variation"
    }  # fmt: skip
    assert facts["gwet_ac1"]["value"] == facts["percent_agreement"]["value"] == 1


def test_several_criteria_are_measured_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(
        "item,rater,value,criterion\n1,a,2,x\n1,b,2,x\n2,a,1,x\n1,a,2,y\n1,b,3,y\n", "utf-8"
    )
    done = call(path, "--levels", "1..3", "--by", "arm")
    assert (done.exit_code, done.stdout) == (2, "")
    done = call(path, "--levels", "1..3")
    assert done.exit_code == 2
    assert "several criteria ('x', 'y')" in done.stderr
    facts = json.loads(call(path, "--levels", "1..3", "--by", "criterion", "--json").stdout)
    assert facts["alpha"]["nominal"]["reason"] == "several criteria"
    assert [(each["criterion"], each["n_items"]) for each in facts["by"]] == [("x", 2), ("y", 1)]
    one = json.loads(call(path, "--levels", "1..3", "--criterion", "y", "--json").stdout)
    assert (one["criterion"], one["n_ratings"]) == ("y", 2)


@pytest.mark.parametrize(
    ("more", "arguments", "sentence"),
    [
        ("1,a,9", (), "line 4: the value 9 is no level of the scale 1, 2, 3."),
        ("1,a,many", (), "line 4: the value 'many' is no number."),
        ("1,a,2", (), "line 4: rater 'a' has rated item '1' before."),
        (",a,2", (), "line 4: the item has no name."),
        ("1,,2", (), "line 4: the rater has no name."),
        ("1,c,2,2", (), "line 4: there are 4 cells and 3 columns."),
        ("1,c,2", ("--by", "arm"), "There is no column 'arm'"),
        ("1,c,2", ("--criterion", "x"), "There is no criterion 'x'; there is none."),
        ("1,c,2", ("--bootstrap", 0), "0 is not in the range"),
        ("1,c,2", ("--levels", "good"), "'good' is neither a range like 1..5 nor numbers."),
        ("1,c,2", ("--levels", "1..1"), "A scale has 2 to 21 levels; this has 1."),
        ("1,c,2", ("--levels", "1..99999999999"), "this has 99,999,999,999."),
        ("1,c,2", ("--levels", "3,2,1"), "The levels of a scale are numbers that rise"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    tmp_path: Path, more: str, arguments: tuple[object, ...], sentence: str
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"item,rater,value\n1,a,2\n1,b,3\n{more}\n", "utf-8")
    done = call(path, "--levels", "1..3", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
