from specs.kinds.questions.questions_embed import QuestionsEmbed
from workers.kinds import Task

TASK = Task(
    spec=QuestionsEmbed,
    compute="ml.retrieval.run:embed_questions",
    preloaded=True,
    output="vectors",
)
