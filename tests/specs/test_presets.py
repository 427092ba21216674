"""Presets are data; the numbers of the paper stand in one of them."""

from pathlib import Path

import pytest

from domain.regions import files
from domain.regions.service import OWN_FOLDER
from reports.language import LANGUAGES
from specs import presets, registry
from specs.kinds.model.model_align import ModelAlign
from specs.kinds.model.model_finetune import ModelFinetune
from specs.kinds.model.model_instruct import ModelInstruct
from specs.presets import PresetUnreadable, UnknownPreset

WRITTEN = "name: {name}\nlabel: Mine\npaper: null\nkind: model.finetune\nspec: {spec}\n"

OF_A_STUDY = """
name: mine
label: Mine
kind: study
spec:
  design: {{criteria: [{{key: taste, levels: 2}}]}}
  wording:
    languages:
      en:
        {{title: Soup, runner: We, duration: Long, consent: "Yes", criteria:
          {{taste: {{name: Taste, question: "Is it good?", anchors: {anchors}}}}}}}
"""


@pytest.mark.parametrize(
    ("name", "kind", "numbers"),
    [
        ("paper-sdxl", ModelFinetune, (32, 1e-5, 0.01, 4)),
        ("paper-gemma3", ModelInstruct, (64, 2e-5, 0.01, 3)),
        ("paper-siglip2", ModelAlign, (128, 5e-6, 0.001, 2)),
    ],
)
def test_the_paper_preset_has_the_numbers_of_the_paper(
    name: str,
    kind: type[ModelFinetune | ModelInstruct | ModelAlign],
    numbers: tuple[float, ...],
) -> None:
    preset = presets.find_preset(name, kind.kind)
    spec = kind.model_validate(preset.fill({}))
    assert (spec.batch_size, spec.learning_rate, spec.weight_decay, spec.epochs) == numbers
    assert (spec.method, spec.schedule, spec.max_steps) == ("full", "linear", None)
    assert preset.paper == "arXiv:2604.11490"


@pytest.mark.parametrize("name", ["paper-sdxl", "paper-gemma3", "paper-siglip2"])
def test_what_a_paper_preset_adds_to_the_paper_is_written_down(name: str) -> None:
    """Epochs of the paper are of all data, and no paper says that gradients are shortened."""
    (preset,) = (each for each in presets.list_presets() if each.name == name)
    assert "max_grad_norm" in preset.spec
    if "held_out" in registry.find_spec(preset.kind).model_fields:
        assert preset.spec["held_out"] == 0


def test_what_is_given_wins_over_the_preset() -> None:
    preset = presets.find_preset("sandbox", "model.finetune")
    spec = ModelFinetune.model_validate(preset.fill({"max_steps": 3}))
    assert spec.max_steps == 3
    assert spec.learning_rate == preset.spec["learning_rate"]


def test_presets_are_listed_by_kind() -> None:
    names = [preset.name for preset in presets.list_presets("model.finetune")]
    assert names == sorted(names)
    assert {"paper-sdxl", "sandbox"} <= set(names)
    assert presets.list_presets("system.check") == []


def test_an_unknown_preset_is_named_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(WRITTEN.format(name="mine", spec="{}"))
    with pytest.raises(UnknownPreset, match=r"no preset 'yours'; there are: mine\.$"):
        presets.find_preset("yours", "model.finetune", tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (WRITTEN.format(name="mine", spec="{epochs: 0}"), "greater than or equal to 1"),
        (WRITTEN.format(name="mine", spec="{epoch: 3}"), "Extra inputs"),
        (WRITTEN.format(name="other", spec="{}"), "calls itself 'other'"),
        (OF_A_STUDY.format(anchors="[bad, good, best]"), "has 2 levels and 3 anchors in 'en'"),
        (OF_A_STUDY.format(anchors="[bad]"), "has 2 levels and 1 anchors in 'en'"),
        ("name: [", "not YAML"),
        ("just words", "dictionary"),
    ],
)
def test_a_preset_that_is_wrong_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(PresetUnreadable, match=reason):
        presets.list_presets(folder=tmp_path)


def test_a_study_begins_with_the_strata_of_its_region_unless_the_preset_names_some(
    tmp_path: Path,
) -> None:
    region = files.read(OWN_FOLDER / "sea.yaml")
    text = OF_A_STUDY.format(anchors="[Not nice, Nice]")
    (tmp_path / "mine.yaml").write_text(text)
    design, wording = presets.get_study("mine", region, tmp_path)
    assert design.strata == tuple(stratum.key for stratum in region.strata)
    assert wording.languages["en"].criteria["taste"].anchors == ("Not nice", "Nice")

    named = text.replace("design: {criteria", "design: {strata: [soups], criteria")
    (tmp_path / "mine.yaml").write_text(named)
    assert presets.get_study("mine", region, tmp_path)[0].strata == ("soups",)


def test_presets_of_studies_are_no_presets_of_jobs() -> None:
    names = {preset.name for preset in presets.list_presets(presets.STUDY)}
    assert "sea-vl" in names
    assert not names & {preset.name for preset in presets.list_presets("model.finetune")}
    with pytest.raises(UnknownPreset):
        presets.find_preset("sea-vl", "model.finetune")


@pytest.mark.parametrize("preset", presets.list_presets(presets.STUDY), ids=lambda each: each.name)
def test_a_preset_of_a_study_speaks_all_languages_of_raters_pages(preset: presets.Preset) -> None:
    languages = preset.spec["wording"]["languages"]
    assert set(languages) == set(LANGUAGES)
    for words in languages.values():
        assert all(words[name] for name in ("about", "consent", "guide", "thanks"))
