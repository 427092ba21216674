"""YAML is read safely, and what is wrong is a reason and never a surprise."""

import pytest

from specs import yaml_text
from specs.yaml_text import NotYaml

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_aliases_are_read() -> None:
    assert yaml_text.read("a: &a [1, 2]\nb: *a") == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name: [", "line 1: expected the node content"),
        ("a: b\n\tc: d", "line 2: found character"),
        ("!!python/object/apply:os.system ['true']", "line 1: could not determine a constructor"),
        ("? [a]\n: 1", "line 1: found unhashable key"),
        ("\0", "special characters are not allowed"),
        ("day: 2023-13-45", r"a value is not one \(month must be in 1\.\.12\)"),
        ("!!timestamp x", "a value is not one"),
        ("!!bool x", "a value is not one"),
        ("!!float x", "a value is not one"),
        ("9" * 5000, r"a value is not one \(Exceeds the limit \(4300 digits\)"),
        ("[" * 3000, "it is nested too deeply"),
        (BOMB, "it stands for more than 100,000 values"),
        ("a: &a [*a]", "a value holds itself"),
        ("&a {b: {c: *a}}", "a value holds itself"),
    ],
    ids=lambda value: value[:20].strip(),
)
def test_what_is_wrong_is_one_reason(text: str, reason: str) -> None:
    with pytest.raises(NotYaml, match=reason) as refused:
        yaml_text.read(text)
    assert "\n" not in str(refused.value)
