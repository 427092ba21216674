"""One training as several processes are told of it, and its way through one of them or several."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from ml import files
from ml.progress import Progress
from ml.training import checkpoints, memory, processes
from ml.training.processes import Crew
from ml.training.team import Alone, Team
from specs import registry

_FILE = "work.json"


@dataclass(frozen=True, kw_only=True)
class Work:
    """All that a training process has to know. Kinds add paths and plain values."""

    module: ClassVar[str]  # what a process among several runs
    kind: ClassVar[str]

    spec: Any
    state_dir: Path
    identity: str
    device: str

    @property
    def checkpoints(self) -> Path:
        return self.state_dir / "checkpoints"

    @property
    def crew(self) -> Crew:
        return Crew(
            module=self.module,
            state_dir=self.state_dir,
            num_processes=self.spec.num_processes,
            device=self.device,
        )

    def write(self) -> None:
        facts = {
            name: {"path": str(value)} if isinstance(value, Path) else value
            for name, value in vars(self).items()
        }
        files.write_json(self.state_dir / _FILE, facts | {"spec": self.spec.to_json()})

    @classmethod
    def read(cls, state_dir: Path) -> Self:
        facts = json.loads((state_dir / _FILE).read_text("utf-8"))
        spec = registry.find_spec(cls.kind).model_validate(facts.pop("spec"))
        found: dict[str, Any] = {
            name: Path(value["path"]) if isinstance(value, dict) else value
            for name, value in facts.items()
        }
        return cls(spec=spec, **found)


def carry_out(
    work: Work, num_steps: int, progress: Progress, train: Callable[[Team, Progress], None]
) -> None:
    """In this process, or in several that are started for it. Nothing to do when it was done."""
    latest = checkpoints.find_latest(work.checkpoints, work.identity)
    if latest is not None and checkpoints.read_facts(latest)["step"] == num_steps:
        return
    if work.spec.num_processes > 1:
        work.write()
        processes.launch(work.crew, progress)
        return
    try:
        train(Alone(work.device), progress)
    finally:
        memory.free()
