"""sandbox.ask: a child process draws the quiz; its files are kept as an artifact."""

from specs.kinds.sandbox_ask import SandboxAsk
from workers.kinds import Task

TASK = Task(spec=SandboxAsk, compute="sandbox.answers.pool:draw_quiz", output="quiz")
