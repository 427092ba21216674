from specs.kinds.distillation.distillation_prepare import DistillationPrepare
from workers.kinds import Task

TASK = Task(
    spec=DistillationPrepare,
    compute="ml.distillation.preparing:prepare",
    preloaded=True,
    output="material",
)
