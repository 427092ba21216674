import pytest

from benchmarks import sandbox_distill
from stats.distillation.rows import Row
from stats.distillation.study import Conditions, Material, Method, Student, Study, Teacher


def make_study(share: float) -> Study:
    """A student that finds this share of what its teacher finds."""
    material = Material(name="m", digest="d")
    rows = [
        Row(
            teacher="clip", method=method, seed=seed, task="text-to-image", measure="MRR@10",
            language="th", value=value,
        )
        for method, seed, value in (("teacher", None, 80.0), ("DR", 0, 80.0 * share))
    ]  # fmt: skip
    return Study(
        name="One",
        conditions=Conditions(
            dataset=material, test=material, quiz=None, start="fresh", steps=1, batch_size=2,
            learning_rate=1.0,
        ),
        teachers=(Teacher(name="clip", architecture="CLIP", digest="t"),),
        methods=(Method(label="DR", formulations=({"method": "dr"},)),),
        seeds=(0,),
        students=(Student(name="s", digest="s", teacher="clip", method="DR", seed=0),),
        rows=tuple(rows),
    )  # fmt: skip


@pytest.mark.parametrize(("share", "holds"), [(0.951, True), (0.949, False)])
def test_one_method_at_least_keeps_the_retrieval_of_its_teacher(
    share: float, *, holds: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sandbox_distill.report(make_study(share), minutes=1) is holds
    said = capsys.readouterr().out
    assert "With one seed nothing can be told of what the average hides." in said
    assert f"in its worst language and direction | {share:g} | >= 0.95 |" in said
