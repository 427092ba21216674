"""sandbox.draw: a child process draws the pool; the data set is recorded like an imported one."""

from specs.kinds.sandbox.sandbox_draw import SandboxDraw
from workers.kinds import Task
from workers.tasks.dataset.dataset_import import record

TASK = Task(
    spec=SandboxDraw,
    compute="sandbox.pool.drawing:draw_pool",
    record=record,
    output="dataset",
)
