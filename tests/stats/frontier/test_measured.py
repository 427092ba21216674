"""Files of scores and ratings by prompt: which rows count, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from stats.frontier import measured
from stats.frontier.scales import ScoresWrong
from stats.tables import TableUnreadable


def write(folder: Path, text: str) -> Path:
    path = folder / "s.csv"
    path.write_text(text, "utf-8")
    return path


SCORES = """variant,beta,prompt,value,benchmark,mode
base,0,p,0.5,dpg,dsg
base,0,q,1,dpg,dsg
tuned,1,p,0.25,dpg,dsg
base,0,p,9,other,dsg
"""


def test_scores_become_variants_by_prompts_with_gaps(tmp_path: Path) -> None:
    found = measured.read_global(write(tmp_path, SCORES), {"benchmark": "dpg", "mode": None})
    assert (found.variants, found.prompts) == (("base", "tuned"), ("p", "q"))
    np.testing.assert_array_equal(found.values_vp, [[0.5, 1], [0.25, np.nan]])
    assert found.betas == {"base": 0, "tuned": 1}
    assert found.what == "benchmark 'dpg', mode 'dsg'"


def test_the_items_of_a_run_serve_both_sides(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "variant,beta,scope,item_id,score,mode\nbase,0,global,p,1,dsg\nbase,0,regional,p,0.5,dsg\n",
    )
    assert measured.read_global(path, {}).values_vp.tolist() == [[1]]
    assert measured.read_regional(path, {"criterion": None}).values_vp.tolist() == [[0.5]]


def test_ratings_become_means_by_prompt_and_stay_behind_them(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "arm,prompt,rater,value,criterion\n"
        "base,p,r,1,right\nbase,p,s,2,right\nbase,p,t,,right\ntuned,q,r,3,right\n",
    )
    found = measured.read_regional(path, {"criterion": None})
    np.testing.assert_array_equal(found.values_vp, [[1.5, np.nan], [np.nan, 3]])
    assert found.raw is not None
    assert found.raw.value_n.tolist() == [1, 2, 3]
    assert found.betas == {}


def test_variants_and_prompts_that_are_kept_keep_their_ratings(tmp_path: Path) -> None:
    path = write(
        tmp_path, "arm,prompt,rater,value\nbase,p,r,1\nbase,q,r,2\ntuned,p,r,3\nmore,p,r,3\n"
    )
    kept = measured.read_regional(path, {}).keep(("tuned", "base"), np.array([True, False]))
    assert kept.values_vp.tolist() == [[3], [1]]
    assert kept.raw is not None
    assert kept.raw.value_n.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("text", "chosen", "sentence"),
    [
        (SCORES, {"benchmark": None}, "several of benchmark .'dpg', 'other'.: choose one."),
        (SCORES, {"benchmark": "x"}, "has nothing of benchmark 'x'"),
        ("variant,beta,prompt,value\na,0,p,1\n", {"mode": "dsg"}, "has no column 'mode'"),
    ],
)
def test_benchmarks_and_modes_are_never_mixed(
    tmp_path: Path, text: str, chosen: dict[str, str | None], sentence: str
) -> None:
    with pytest.raises(ScoresWrong, match=sentence):
        measured.read_global(write(tmp_path, text), chosen)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("variant,beta,prompt,value\na,0,p,1\na,0,p,1\n", "line 3: 'a' has a value of prompt 'p'"),
        ("variant,beta,prompt,value\na,0,p,1\na,1,q,1\n", "line 3: 'a' has one beta"),
        ("variant,beta,prompt,value\na,2,p,1\n", "line 2: 'a' has one beta, from 0 to 1, not 2"),
        ("variant,beta,prompt,value\na,0,p,x\n", "line 2: the value 'x' is no number"),
        ("variant,beta,prompt,value\na,0,,1\n", "line 2: the prompt is empty"),
        ("variant,beta,item,value\na,0,p,1\n", "lacks the column 'prompt' or 'item_id'"),
        ("variant,beta,prompt,value\n", "holds no rows"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TableUnreadable, match=sentence):
        measured.read_global(write(tmp_path, text), {})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("arm,prompt,value\na,p,1\n", "lacks the columns 'rater'"),
        ("arm,prompt,rater,value\na,p,r,\n", "holds no ratings with a value"),
        ("arm,prompt,rater,value\na,p,,1\n", "line 2: the rater is empty"),
    ],
)
def test_ratings_need_their_columns(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TableUnreadable, match=sentence):
        measured.read_regional(write(tmp_path, text), {})


def test_prompts_of_one_group_or_picture_are_one_cluster(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "variant,beta,item_id,score,group,picture\n"
        "base,0,p,1,g,\nbase,0,q,1,g,x\nbase,0,r,1,,x\nbase,0,s,1,,\nbase,0,t,1,,\n",
    )
    found = measured.read_global(path, {})
    assert found.num_clusters == 3
    assert found.clusters_p is not None
    assert len(set(found.clusters_p[:3])) == 1
    kept = found.keep(["base"], np.array([False, False, True, True, True]))
    assert kept.ties == (("", "x"), ("", ""), ("", ""))


def test_without_groups_every_prompt_stands_alone(tmp_path: Path) -> None:
    found = measured.read_global(write(tmp_path, SCORES), {"benchmark": "dpg"})
    assert (found.ties, found.clusters_p, found.num_clusters) == (None, None, 2)


def test_a_prompt_of_two_groups_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "variant,beta,item_id,score,group\nbase,0,p,1,g\ntuned,1,p,1,h\n")
    with pytest.raises(TableUnreadable, match="line 3: 'p' is of another group or picture than"):
        measured.read_global(path, {})
