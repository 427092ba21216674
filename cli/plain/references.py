"""On the terminal a reference is a path, or the name of something the sandbox ships."""

from pathlib import Path

from domain.errors import Invalid, NotFound
from ml.loading import hub
from sandbox import assets


class NothingThere(NotFound):
    def __init__(self, reference: str, what: str, folder: Path) -> None:
        known = ", ".join(sorted(assets.list_names()))
        super().__init__(
            "There is no file or folder '%(reference)s' (%(what)s) seen from %(folder)s. Without a "
            "path there are: %(known)s.",
            reference=reference,
            what=what,
            folder=str(folder),
            known=known,
        )


class OnHub(Invalid):
    def __init__(self, reference: str, what: str) -> None:
        super().__init__(
            "'%(reference)s' (%(what)s) lies on a hub, and only model.import brings models from "
            "there: as a step before, or in the panel. Or download it and name its folder.",
            reference=reference,
            what=what,
        )


def find(reference: str, *, what: str, folder: Path) -> Path:
    """Relative paths are seen from `folder`: that of the file in which they stand."""
    path = folder / Path(reference).expanduser()
    if path.exists():
        return path.resolve()
    shipped = assets.find(reference)
    if shipped is None:
        if hub.is_name(reference):
            raise OnHub(reference, what)
        raise NothingThere(reference, what, folder)
    return shipped
