"""sandbox.caption: a child process draws the pictures; recorded like an imported data set."""

from specs.kinds.sandbox.sandbox_caption import SandboxCaption
from workers.kinds import Task
from workers.tasks.dataset.dataset_import import record

TASK = Task(
    spec=SandboxCaption,
    compute="sandbox.embeddings.drawing:draw_captions",
    record=record,
    output="dataset",
)
