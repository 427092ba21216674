"""One of several training processes: `python -m ml.finetuning.process STATE_DIR`, by a launcher."""

import sys
from pathlib import Path

from ml.finetuning import launching
from ml.finetuning.launching import Work
from ml.progress import Progress
from ml.training import processes
from ml.training.team import Team


def main(state_dir: Path) -> int:
    work = Work.read(state_dir)

    def train(team: Team, progress: Progress) -> None:
        launching.train(work, team, progress)

    return processes.serve(state_dir, work.device, train)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
