"""Says how far embedding is."""

from ml.benchmarks.embeddings.plan import Plan
from ml.progress import Progress, word


class Reporter:
    """Hears of batches, and passes on a wish to stop."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total = total
        self._progress = progress
        self._done = 0
        self.message = ""

    def report(self, number: int) -> None:
        self._progress.check()
        self._done += number
        self._progress.update(
            self._done, self._total, unit=word("pictures and texts"), message=self.message
        )


def count_things(plan: Plan) -> int:
    """What is embedded for it, once."""
    return len(plan.pictures) + len({text for phrase in plan.phrases for text in phrase})
