from pathlib import Path

import pytest

from sandbox import assets
from sandbox.world import prompts


def test_the_shipped_prompts_and_questions_are_those_of_the_world(tmp_path: Path) -> None:
    for written in prompts.write(tmp_path):
        assert (assets.TEXTS / written.name).read_bytes() == written.read_bytes(), (
            f"Write {written.name} again: sandbox.world.prompts.write(sandbox/shipped)."
        )


@pytest.mark.parametrize("name", assets.list_names())
def test_what_is_named_is_there_or_says_how_to_make_it(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(assets._PLACES, name, tmp_path / "nothing")
    with pytest.raises(assets.NotShipped, match=f"'{name}' is not in this clone. `ggez sandbox"):
        assets.find(name)
    monkeypatch.setitem(assets._PLACES, name, tmp_path)
    assert assets.find(name) == tmp_path


def test_other_names_are_not_the_sandboxs() -> None:
    assert assets.find("nonsense") is None
