"""One of several training processes: `python -m ml.finetuning.process STATE_DIR`, by a launcher."""

import sys
from pathlib import Path

from ml.finetuning import launching, memory
from ml.finetuning.launching import Relay, Work
from ml.finetuning.problems import LossNotFinite, UnfitForTraining
from ml.finetuning.team import Together
from ml.loading.problems import UnfitModel
from ml.progress import OutOfMemory, Stopped


def main(state_dir: Path) -> int:
    work = Work.read(state_dir)
    team = Together(work.device)
    relay = Relay(work, team.rank)
    try:
        with memory.naming(work.spec, "training"):
            launching.train(work, team, relay)
    except Stopped:
        return 0  # what is needed to go on is saved
    except (LossNotFinite, OutOfMemory, UnfitForTraining, UnfitModel) as error:
        relay.tell_error(error)
        return 1
    finally:
        team.leave()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
