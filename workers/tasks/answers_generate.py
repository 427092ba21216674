"""answers.generate: what was answered is published; a row per answer is not recorded yet."""

from specs.kinds.answers_generate import AnswersGenerate
from workers.kinds import Task

TASK = Task(
    spec=AnswersGenerate,
    compute="ml.answering.run:answer",
    preloaded=True,
    output="outputs",
)
