from specs.kinds.system.system_check import SystemCheck
from workers.kinds import Task

TASK = Task(spec=SystemCheck, compute="ml.checking.machine:check_machine")
