from specs.kinds.prompts_augment import PromptsAugment
from workers.kinds import Task

TASK = Task(
    spec=PromptsAugment,
    compute="ml.retrieval.augmenting:augment",
    output="prompts",
)
