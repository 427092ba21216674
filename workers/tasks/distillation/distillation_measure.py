from specs.kinds.distillation.distillation_measure import DistillationMeasure
from workers.kinds import Task

TASK = Task(
    spec=DistillationMeasure,
    compute="ml.benchmarks.distillation.measuring:measure",
    preloaded=True,
    output="measured",
)
