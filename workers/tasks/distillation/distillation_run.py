from specs.kinds.distillation.distillation_run import DistillationRun
from workers.kinds import Task

TASK = Task(spec=DistillationRun, compute="ml.benchmarks.distillation.joining:join")
