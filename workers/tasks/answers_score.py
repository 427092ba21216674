from specs.kinds.answers_score import AnswersScore
from workers.kinds import Task

TASK = Task(
    spec=AnswersScore,
    compute="ml.benchmarks.answers.run:score_answers",
    output="answers",
)
