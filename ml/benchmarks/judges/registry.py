"""All judges. A further one is a specification in `specs/judges`, a module here and a line below.

The module has `load(spec, source: Path, setting: Setting) -> Judge`. It is imported when its judge
is asked for: most load torch.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path

from ml.benchmarks.judging import Judge, Setting
from specs.method import MethodSpec

MODULES: Mapping[str, str] = {
    "blip-vqa": "ml.benchmarks.judges.blip_vqa",
    "llava": "ml.benchmarks.judges.llava",
    "attributes": "ml.benchmarks.judges.attributes",
    "answers": "ml.benchmarks.judges.answers",
}


def load(spec: MethodSpec, source: Path, setting: Setting) -> Judge:
    """`source` is the model's folder, or the file with the answers."""
    judge: Judge = importlib.import_module(MODULES[spec.method]).load(spec, source, setting)
    return judge
