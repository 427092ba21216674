"""All judges. A new one is a module here, a line below, and one in `ml.benchmarks.judges`."""

from collections.abc import Mapping

from specs.judges.answers import AnswersJudge
from specs.judges.attributes import AttributesJudge
from specs.judges.blip_vqa import BlipVqaJudge
from specs.judges.llava import LlavaJudge
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from specs.method import MethodSpec

JUDGES: Mapping[str, type[MethodSpec]] = {
    "blip-vqa": BlipVqaJudge,
    "llava": LlavaJudge,
    "attributes": AttributesJudge,
    "answers": AnswersJudge,
}


def read_judge(spec: BenchmarkRun) -> MethodSpec:
    """The job's judge, set to what the job says."""
    judge = JUDGES[spec.judge_method]
    settings = {name: getattr(spec, name) for name in judge.model_fields if name != "method"}
    return judge.model_validate({"method": spec.judge_method, **settings})
