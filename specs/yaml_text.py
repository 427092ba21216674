"""YAML as people write it, read by loaders that make plain values alone. What is wrong becomes one
reason.

Aliases are allowed, and counted as often as they are used: nine lines of YAML can stand for a
billion values, which whoever walks through them would never see the end of.
"""

from typing import Any

import yaml

MOST_VALUES = 100_000

# The safe loader's own classes, and what Python raises where a value is not what its form says:
# a month 13, a number of thousands of digits, '!!timestamp x'.
_WRONG = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


class NotYaml(ValueError):
    """A reason to stand inside a sentence, without a full stop."""


def read(text: str, *, loader: type[yaml.SafeLoader | yaml.BaseLoader] = yaml.SafeLoader) -> Any:
    """The base loader takes every value as it is written: NO is two letters and no truth."""
    try:
        found = yaml.load(text, Loader=loader)  # noqa: S506 - both make plain values only
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise NotYaml(f"{line}{error.problem}") from error
    except yaml.YAMLError as error:
        raise NotYaml(" ".join(str(error).split())) from error
    except _WRONG as error:
        is_deep = isinstance(error, RecursionError)
        reason = "it is nested too deeply" if is_deep else f"a value is not one ({error})"
        raise NotYaml(reason) from error
    _count(found, {})
    return found


def _count(value: Any, known: dict[int, int]) -> int:
    """How many values it stands for. Each is counted once; one that is being counted is 0."""
    if not isinstance(value, dict | list | set):
        return 1
    if id(value) in known:
        if not known[id(value)]:
            raise NotYaml("a value holds itself")
        return known[id(value)]
    known[id(value)] = 0
    within = value.values() if isinstance(value, dict) else value
    known[id(value)] = 1 + sum(_count(each, known) for each in within)
    if known[id(value)] > MOST_VALUES:
        raise NotYaml(f"it stands for more than {MOST_VALUES:,} values")
    return known[id(value)]
