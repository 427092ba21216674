from specs.kinds.distillation.distillation_check import DistillationCheck
from workers.kinds import Task

TASK = Task(spec=DistillationCheck, compute="ml.distillation.checking:check_dataset")
