from specs.kinds.knowledge_retrieve import KnowledgeRetrieve
from workers.kinds import Task

TASK = Task(
    spec=KnowledgeRetrieve,
    compute="ml.retrieval.run:retrieve",
    output="passages",
)
