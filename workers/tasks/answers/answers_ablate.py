from specs.kinds.answers.answers_ablate import AnswersAblate
from workers.kinds import Task

TASK = Task(
    spec=AnswersAblate,
    compute="ml.benchmarks.answers.ablate:ablate",
    output="comparison",
)
