"""model.align: records the tuned encoder."""

from specs.kinds.model.model_align import ModelAlign
from workers.kinds import Task
from workers.tasks.model import model_finetune

TASK = Task(
    spec=ModelAlign,
    compute="ml.aligning.run:align",
    record=model_finetune.record,
    preloaded=True,
    output="model",
)
