from pathlib import Path

import pytest

from stats.frontier import score_files
from stats.frontier.scales import Score
from stats.tables import TableUnreadable

HEADER = "variant,beta,scope,metric,value,lo,hi"


def write(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "scores.csv"
    path.write_text("\n".join([header, *rows]), "utf-8")
    return path


def test_a_row_is_a_score_and_bounds_may_be_missing(tmp_path: Path) -> None:
    assert score_files.read(
        write(tmp_path, "a,0.25,Global,dpg,74.75,0,100", "a,.25,regional,m,1,,")
    )[0] == Score(variant="a", beta=0.25, scope="global", metric="dpg", value=74.75, lo=0, hi=100)
    without = write(tmp_path, "a,1,regional,m,2", header="variant,beta,scope,metric,value")
    assert score_files.read(without)[0].bounds is None


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["a,x,global,m,1,,"], "line 2: The beta 'x' is no number."),
        (["a,0,global,m,,,"], "line 2: The value '' is no number."),
        (["a,0,global,m,1,low,3"], "line 2: The lo 'low' is no number."),
        (["a,0,local,m,1,,"], "line 2: The scope 'local' is neither global nor regional."),
        ([",0,global,m,1,,"], "line 2: The variant and the metric need a name."),
        (["a,0,global,m,nan,,"], "line 2: The global metric 'm' of 'a': value is nan"),
        (
            ["a,0,global,m,1,,", "", "a,0,global,m,1,,"],
            "line 4: The global metric 'm' of 'a' stands in line 2 already.",
        ),
        ([], "'scores.csv' holds no scores."),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(
    tmp_path: Path, rows: list[str], sentence: str
) -> None:
    with pytest.raises(TableUnreadable) as caught:
        score_files.read(write(tmp_path, *rows))
    assert sentence in str(caught.value)
