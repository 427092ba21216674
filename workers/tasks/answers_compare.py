from specs.kinds.answers_compare import AnswersCompare
from workers.kinds import Task

TASK = Task(
    spec=AnswersCompare,
    compute="ml.benchmarks.answers.compare:compare",
    output="comparison",
)
