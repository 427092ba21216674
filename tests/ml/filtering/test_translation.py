"""The stage that translates captions: tiny translators of the real classes, which know a few."""

import json
from pathlib import Path
from typing import Any

import pytest

from ml import digests
from ml.filtering.run import Sizes
from ml.progress import Stopped
from tests import tiny_translators

from .conftest import Run, StopsAt, list_files, read_items, read_rejected, write_jsonl

TRANSLATE = {
    "method": "translation", "source": "en", "target": "is", "max_tokens": 13, "num_beams": 2,
}  # fmt: skip
WANTED = {1: "Yfirskrift", 3: "Mynd", 5: "Teikning", 7: "Caption 7", 9: "Lag"}


@pytest.fixture(scope="session")
def m2m(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lessons = [(f"Caption {n}", "is", text) for n, text in WANTED.items()]
    lessons += [(f"Caption {n}", "en", f"Caption {n}") for n in WANTED]  # it knows both languages
    return tiny_translators.build_m2m(tmp_path_factory.mktemp("models") / "m2m", lessons)


@pytest.fixture(scope="session")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lessons = [(f"English, Icelandic: Caption {n}", text) for n, text in WANTED.items()]
    return tiny_translators.build_gemma(tmp_path_factory.mktemp("models") / "gemma", lessons)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [{"caption": f"Caption {n}", "language": "en" if n % 2 else "is"} for n in range(10)]
    return write_jsonl(tmp_path_factory.mktemp("pool") / "in", rows)


class Dies(StopsAt):
    """Without a word: nothing is saved on the way out."""

    def check(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise RuntimeError


STAGES: dict[str, dict[str, Any]] = {
    "m2m": TRANSLATE,
    "gemma": TRANSLATE | {"template": "{source}, {target}: {text}"},
}
every_model = pytest.mark.parametrize("model", sorted(STAGES))


@every_model
def test_captions_are_translated_and_what_they_were_is_kept(
    run: Run, out_dir: Path, folder: Path, model: str, request: pytest.FixtureRequest
) -> None:
    translator = request.getfixturevalue(model)
    result = run(folder, ["decode", STAGES[model]], translator=translator)
    rows = {row["key"]: row for row in read_items(out_dir)}
    assert {n: rows[f"k{n}"]["caption"] for n in WANTED} == WANTED
    digest = digests.of_folder(translator)
    for n in WANTED:
        row = rows[f"k{n}"]
        assert row["caption_original"] == f"Caption {n}"
        assert (row["language"], row["translation_pair"]) == ("is", "en-is")
        assert row["translation_model"] == f"{model} sha256:{digest[:16]}"
    assert (rows["k2"]["caption"], rows["k2"]["caption_original"]) == ("Caption 2", None)
    assert result["models"][0]["digest"] == digest


def test_translations_that_change_nothing_are_counted_and_told(
    run: Run, out_dir: Path, folder: Path, m2m: Path
) -> None:
    result = run(folder, ["decode", TRANSLATE], translator=m2m)
    assert result["translation"] == {"num_translated": 5, "num_unchanged": 1}
    assert result["notes"] == ["1 of 5 translations are the caption as it was."]
    assert result["notes"][0] in (out_dir / "card.md").read_text()


@every_model
def test_a_stopped_translation_goes_on_and_ends_with_the_same_bytes(
    run: Run, out_dir: Path, folder: Path, tmp_path: Path, model: str,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    translator = request.getfixturevalue(model)
    stages = ["decode", STAGES[model]]
    whole = {"out_dir": tmp_path / "whole", "state_dir": tmp_path / "whole-state"}
    run(folder, stages, translator=translator, batch_size=4, options=whole)
    with pytest.raises(Stopped):
        run(
            folder, stages, translator=translator, batch_size=4,
            options={"progress": StopsAt(4)},
        )  # fmt: skip
    run(folder, stages, translator=translator, batch_size=4)
    assert list_files(out_dir) == list_files(tmp_path / "whole")


def test_what_was_translated_is_kept_after_a_while_however_few_rows_it_is(
    run: Run, out_dir: Path, folder: Path, gemma: Path, tmp_path: Path
) -> None:
    """A model that writes takes seconds for a row: parts end by the clock as well."""
    stages = ["decode", STAGES["gemma"]]
    whole = {"out_dir": tmp_path / "whole", "state_dir": tmp_path / "whole-state"}
    run(folder, stages, translator=gemma, batch_size=2, options=whole)
    options = {"sizes": Sizes(part_s=0), "progress": Dies(4)}
    with pytest.raises(RuntimeError):
        run(folder, stages, translator=gemma, batch_size=2, options=options)
    saved = json.loads((tmp_path / "state" / "checkpoint.json").read_text())
    assert saved["position"] == 2
    run(folder, stages, translator=gemma, batch_size=2)
    assert list_files(out_dir) == list_files(tmp_path / "whole")


def test_a_caption_that_is_too_long_for_the_model_is_rejected_and_not_cut(
    run: Run, out_dir: Path, m2m: Path, tmp_path: Path
) -> None:
    rows = [{"caption": "word " * 30, "language": "en"}, {"caption": "x", "language": "is"}]
    run(write_jsonl(tmp_path / "in", rows), ["decode", TRANSLATE], translator=m2m)
    rejected = read_rejected(out_dir)
    assert [row["reason"] for row in rejected] == ["too_long"]
    assert "tokens; the model takes 40" in rejected[0]["detail"]


def test_a_translation_that_is_not_finished_is_rejected_and_not_cut(
    run: Run, out_dir: Path, m2m: Path, folder: Path
) -> None:
    """A space, four letters and an end are what 'Mynd' and 'Lag' need, the language before them."""
    result = run(folder, ["decode", TRANSLATE | {"max_tokens": 7}], translator=m2m)
    assert result["funnel"][2]["reasons"] == {"not_finished": 3}
    assert {row["caption"] for row in read_rejected(out_dir)} == {f"Caption {n}" for n in (1, 5, 7)}


def test_a_language_is_translated_with_its_varieties_and_without_what_is_wider(
    run: Run, out_dir: Path, gemma: Path, tmp_path: Path
) -> None:
    tags = ["zh-Hant", "zh_hant_TW", "zh-Hans", "zh"]
    source = write_jsonl(tmp_path / "in", [{"caption": "x", "language": tag} for tag in tags])
    run(source, ["decode", STAGES["gemma"] | {"source": "zh-Hant"}], translator=gemma)
    translated = {row["key"] for row in read_items(out_dir) if row["translation_model"]}
    assert len(translated) == 2
    assert {row["language"] for row in read_items(out_dir)} == {"is", "zh-Hans", "zh"}
