"""What is measured of a model of pictures and texts in a study of distillation.

A task has one measure that speaks for it: it enters averages, and is what trade-offs are looked for
in. The others stand beside it. How alike a student and its teacher are (CKA), how large and how
fast a student is, are no merits of its vectors and enter no average.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from stats.retrieval.score import IMAGE_TO_TEXT, TEXT_TO_IMAGE

ZEROSHOT, CONSISTENCY, PURITY = "zeroshot", "consistency", "purity"
PICTURES_ALIKE, TEXTS_ALIKE = "pictures-alike", "texts-alike"
SIZE, SPEED = "size", "speed"
ACCURACY, CORRELATION, CKA = "accuracy", "rank correlation", "CKA"
PARAMETERS, BYTES = "parameters", "bytes"
PER_SECOND = {"pictures": "pictures per second", "texts": "texts per second"}
TIMES = {"pictures": "pictures, times the teacher's", "texts": "texts, times the teacher's"}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """`whole` is what all of it is worth; where things are counted, one of N is worth whole / N."""

    task: str
    name: str
    definition: str
    whole: float = 100.0
    is_counted: bool = True
    speaks: bool = False  # for its task, in averages and trade-offs


def _list_retrieval(task: str, asked: str, among: str) -> list[Measure]:
    where = f"{asked} of one language are asked for among all {among} of it; ties count against"
    recalls = [
        Measure(
            task=task,
            name=f"R@{k}",
            definition=f"Per cent of queries with something right among the first {k}: {where}.",
        )
        for k in (1, 5, 10)
    ]
    reciprocal = Measure(
        task=task,
        name="MRR@10",
        definition=f"Mean of 100 by the rank of the first right one, 0 beyond ten: {where}.",
        speaks=True,
    )
    return [reciprocal, *recalls]


_LISTED = (
    *_list_retrieval(IMAGE_TO_TEXT, "the texts of each picture", "texts"),
    *_list_retrieval(TEXT_TO_IMAGE, "the pictures of each text", "pictures"),
    Measure(
        task=ZEROSHOT,
        name=ACCURACY,
        definition="Per cent of questions whose right option is the most similar to the picture, "
        "which no training saw: out of domain.",
        speaks=True,
    ),
    Measure(
        task=CONSISTENCY,
        name=CORRELATION,
        definition="Spearman's correlation of the rankings of all pictures by two translations of "
        "one caption, ties by mean ranks; the mean over captions, then over pairs of languages.",
        whole=1.0,
        is_counted=False,
        speaks=True,
    ),
    Measure(
        task=PURITY,
        name=PURITY,
        definition="Per cent of sentences that lie in a cluster in which their caption is the most "
        "frequent; as many clusters (spherical k-means) as captions.",
        speaks=True,
    ),
    Measure(
        task=PICTURES_ALIKE,
        name=CKA,
        definition="Linear centred kernel alignment of the student's and the teacher's vectors of "
        "the same pictures, debiased.",
        whole=1.0,
        is_counted=False,
    ),
    Measure(
        task=TEXTS_ALIKE,
        name=CKA,
        definition="The same of the same texts of one language.",
        whole=1.0,
        is_counted=False,
    ),
    Measure(task=SIZE, name=PARAMETERS, definition="Parameters; tied ones once.", whole=1.0),
    Measure(task=SIZE, name=BYTES, definition="Of all files of the model.", whole=1.0),
    *(
        Measure(
            task=SPEED,
            name=name,
            definition=f"{what.capitalize()} embedded in a second, the median of several rounds on "
            "the machine that measured.",
            whole=1.0,
            is_counted=False,
        )
        for what, name in PER_SECOND.items()
    ),
    *(
        Measure(
            task=SPEED,
            name=name,
            definition=f"How many times as many {what} a second as the teacher, which was timed in "
            "the same rounds by turns.",
            whole=1.0,
            is_counted=False,
        )
        for what, name in TIMES.items()
    ),
)
MEASURES: Mapping[tuple[str, str], Measure] = {(each.task, each.name): each for each in _LISTED}
TASKS = tuple(dict.fromkeys(each.task for each in _LISTED))
# In which of them a task is told by one number.
SPEAKING: Mapping[str, str] = {each.task: each.name for each in _LISTED if each.speaks}
