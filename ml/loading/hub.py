"""Brings a model from a hub of Hugging Face into a folder: configurations and safetensors only.

A name is written hub:OWNER/NAME or hub:OWNER/NAME@REVISION. What was brought is then a folder like
any other, and is looked at like any other. Whether a hub may be asked at all is for the caller to
know.
"""

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

import httpx

from ml.datasets.problems import shown
from ml.loading.problems import UnfitModel
from ml.progress import Progress, word

PREFIX = "hub:"
_WORD = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}"
_NAME = re.compile(rf"(?P<owner>{_WORD})/(?P<name>{_WORD})(@(?P<revision>[A-Za-z0-9_./-]+))?")
# Besides configurations: words and pieces of tokenizers, and chat templates.
_TEXTS = frozenset({".json", ".md", ".txt", ".model", ".spm", ".codes", ".jinja"})
_WAIT_S = 0.5


class NoHub(ValueError):
    """A hub may not be asked, or did not answer."""


@dataclass(frozen=True)
class HubName:
    repository: str  # owner/name
    revision: str | None  # None: the latest

    def __str__(self) -> str:
        return self.repository + (f"@{self.revision}" if self.revision else "")


def is_name(source: str) -> bool:
    return source.startswith(PREFIX)


def read_name(source: str) -> HubName:
    match = _NAME.fullmatch(source.removeprefix(PREFIX))
    if match is None or ".." in source or "--" in match["owner"] + match["name"]:
        raise UnfitModel(f"'{shown(source)}' is not of the form {PREFIX}OWNER/NAME[@REVISION].")
    return HubName(f"{match['owner']}/{match['name']}", match["revision"])


def choose_files(names: Sequence[str]) -> list[str]:
    """What of a repository is brought. Of weights in several variants the plain ones; of a pipeline
    not the single file that holds it once more.
    """
    paths = [PurePosixPath(name) for name in sorted(names)]
    visible = [path for path in paths if not any(part.startswith(".") for part in path.parts)]
    is_pipeline = PurePosixPath("model_index.json") in visible
    weights = [
        path for path in visible
        if path.suffix == ".safetensors" and not (is_pipeline and len(path.parts) == 1)
    ]  # fmt: skip
    plain = {path.parent for path in weights if "." not in path.stem}
    chosen = [
        path for path in visible
        if path.suffix in _TEXTS or path.name.startswith("LICENSE")
    ] + [path for path in weights if "." not in path.stem or path.parent not in plain]  # fmt: skip
    return sorted(map(str, chosen)) if weights else []


def fetch(name: HubName, into: Path, progress: Progress) -> tuple[Path, str]:
    """The folder, and the commit that it is of. What was brought before is not brought again."""
    from huggingface_hub import HfApi, hf_hub_download  # noqa: PLC0415 - only who asks needs it
    from huggingface_hub.errors import (  # noqa: PLC0415 - the same
        HfHubHTTPError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
    )

    try:
        found = HfApi().model_info(name.repository, revision=name.revision)
        commit = str(found.sha)
        chosen = choose_files([each.rfilename for each in found.siblings or ()])
        if not chosen:
            raise UnfitModel(f"'{name}' holds no weights as safetensors; pickles are not brought.")
        folder = into / commit
        for number, file in enumerate(chosen):
            progress.check()
            progress.update(number, len(chosen), unit=word("files"), message=shown(file))
            bring = partial(
                hf_hub_download, name.repository, file, revision=commit, local_dir=folder
            )
            _run_aside(bring, progress)
    except (
        HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled, httpx.TransportError,
    ) as error:  # fmt: skip
        reason = shown(str(error).strip().partition("\n")[0]).rstrip(".")
        raise NoHub(f"'{name}' could not be brought from the hub: {reason}.") from error
    return folder, commit


def _run_aside(work: Callable[[], object], progress: Progress) -> None:
    """So that a wish to stop is heard while gigabytes arrive; what has arrived stays."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except (OSError, ValueError, RuntimeError, httpx.HTTPError) as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        progress.check()
        thread.join(_WAIT_S)
    if errors:
        raise errors[0]
