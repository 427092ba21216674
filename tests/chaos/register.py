"""For GGEZ_KIND_MODULES: makes the kinds of the tests known to a worker and to its children.

Importing it changes the registry of the whole process; tests of this process call `register_all`
on copies instead.
"""

import sys

from specs import registry
from tests.chaos import kinds

FUNCTIONS = {
    kinds.Sleep: kinds.sleep,
    kinds.Count: kinds.count,
    kinds.Stubborn: kinds.be_stubborn,
    kinds.Fail: kinds.fail,
}


def register_all() -> None:
    for spec, function in FUNCTIONS.items():
        registry.register(spec)
        # A child computes without the worker's modules: loading them would cost it half a second.
        if "workers.kinds" in sys.modules:
            compute = f"{kinds.__name__}:{function.__name__}"
            tasks = sys.modules["workers.kinds"]
            tasks.register(tasks.Task(spec=spec, compute=compute))


if "pytest" not in sys.modules:
    register_all()
