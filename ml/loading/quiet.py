"""Loading without the progress bars of the libraries: logs and terminals have progress of their
own.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_progress_bars() -> Iterator[None]:
    """Those of transformers, and of diffusers where it is loaded."""
    import transformers  # noqa: PLC0415 - costs seconds; only those who load a model need it

    libraries = (transformers, sys.modules.get("diffusers"))
    loggings = [each.utils.logging for each in libraries if each is not None]
    shown = [each for each in loggings if each.is_progress_bar_enabled()]
    for each in shown:
        each.disable_progress_bar()
    try:
        yield
    finally:
        for each in shown:
            each.enable_progress_bar()
