from specs.kinds.knowledge_index import KnowledgeIndex
from workers.kinds import Task

TASK = Task(
    spec=KnowledgeIndex,
    compute="ml.retrieval.run:index",
    preloaded=True,
    output="knowledge",
)
