from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from workers.kinds import Task

TASK = Task(
    spec=EmbeddingsScore,
    compute="ml.benchmarks.embeddings.run:score_embeddings",
    preloaded=True,
    output="answers",
)
