"""What the sandbox ships: files that are in the clone, by the names that recipes use."""

from pathlib import Path

_FOLDER = Path(__file__).parent
WEIGHTS = _FOLDER / "weights" / "images"
ANSWERS = _FOLDER / "weights" / "answers"
EMBEDDINGS = _FOLDER / "weights" / "embeddings"
TEXTS = _FOLDER / "shipped"  # written by sandbox.world.prompts; a test compares
# For people to rate: written by the modules of these names in sandbox.study.
STUDIES = {"pictures": TEXTS / "study", "answers": TEXTS / "study-answers"}

_PLACES = {
    "sandbox-answers-base": ANSWERS / "base",
    "sandbox-base": WEIGHTS / "base",
    "sandbox-captions-choose": TEXTS / "captions-choose",
    "sandbox-captions-report": TEXTS / "captions-report",
    "sandbox-clip": EMBEDDINGS / "clip",
    "sandbox-judge": WEIGHTS / "judge",
    "sandbox-knowledge": TEXTS / "knowledge",
    "sandbox-prompts-choose": TEXTS / "prompts-choose.jsonl",
    "sandbox-prompts-report": TEXTS / "prompts-report.jsonl",
    "sandbox-questions-choose": TEXTS / "questions-choose.csv",
    "sandbox-questions-report": TEXTS / "questions-report.csv",
    "sandbox-quiz-choose": TEXTS / "quiz-choose",
    "sandbox-quiz-report": TEXTS / "quiz-report",
    "sandbox-siglip2": EMBEDDINGS / "siglip2",
}


class NotShipped(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"'{name}' is not in this clone. {_say_how(name)} makes the sandbox's models anew."
        )


def _say_how(name: str) -> str:
    if name.startswith("sandbox-answers"):
        return f"`ggez sandbox train --arm answers --out {_relative(ANSWERS)}`"
    if name in ("sandbox-clip", "sandbox-siglip2"):
        return f"`ggez sandbox train --arm embeddings --out {_relative(EMBEDDINGS)}`"
    return f"`ggez sandbox train --out {_relative(WEIGHTS)}`"


def _relative(path: Path) -> Path:
    return path.relative_to(_FOLDER.parent)


def list_names() -> list[str]:
    return sorted(_PLACES)


def has_weights() -> bool:
    """They are committed last: a clone of work in progress has none."""
    return (WEIGHTS / "metrics.json").is_file()


def has_answers() -> bool:
    """The same of the answers arm."""
    return (ANSWERS / "metrics.json").is_file()


def has_embeddings() -> bool:
    """The same of the embeddings arm."""
    return (EMBEDDINGS / "metrics.json").is_file()


def has_study(offered: str) -> bool:
    """The same of what people rate."""
    return (STUDIES[offered] / "outputs.jsonl").is_file()


def find(name: str) -> Path | None:
    """Where it lies; None for a name that is not the sandbox's."""
    return get(name) if name in _PLACES else None


def get(name: str) -> Path:
    path = _PLACES[name]
    if not path.exists():
        raise NotShipped(name)
    return path
