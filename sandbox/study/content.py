"""What the sandbox's study asks and says: its files, on top of the preset that it names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from sandbox.world import prompts
from specs import presets, yaml_text
from specs.region import Region
from specs.study.design import StudyDesign
from specs.study.registration import Registration
from specs.study.wording import StudyWording

FILE = Path(__file__).with_name("content.yaml")
WORDS = FILE.with_name("words")  # a file for each language

# One half of the regional prompts has it: the one on which nothing was chosen.
HALF: prompts.Half = "report"
NUM_PROMPTS = 24


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PracticeItem(_Frozen):
    prompt_key: str
    arm: str
    best: Mapping[str, int]


class Content(_Frozen):
    name: str
    region: str
    preset: str
    design: Mapping[str, Any]  # fields in the place of the preset's
    registration: Registration
    practice: tuple[PracticeItem, ...]

    def compose(self, region: Region, names: Mapping[str, str]) -> tuple[StudyDesign, StudyWording]:
        """`names`: what each arm is called here, should a name have been taken."""
        design, wording = presets.get_study(self.preset, region)
        practice = [
            {"prompt_key": each.prompt_key, "arm": names[each.arm], "best": dict(each.best)}
            for each in self.practice
        ]
        ours = {**design.model_dump(mode="json"), **self.design, "practice": practice}
        languages = {
            tag: {**words.model_dump(mode="json"), **read_words(tag)}
            for tag, words in wording.languages.items()
        }
        return StudyDesign.model_validate(ours), StudyWording.model_validate(
            {"languages": languages}
        )


def read() -> Content:
    return Content.model_validate(yaml_text.read(FILE.read_text("utf-8")))


def read_words(tag: str) -> dict[str, Any]:
    """Prompts are in the file where the world itself does not speak the language."""
    said: dict[str, Any] = yaml_text.read((WORDS / f"{tag}.yaml").read_text("utf-8"))
    if "prompts" not in said:
        said["prompts"] = {each.key: each.text for each in list_prompts(tag)}
    return said


def list_prompts(language: str = "en") -> list[prompts.Prompt]:
    """Strata and things in turn, so that few of them have all."""
    return prompts.list_prompts("regional", HALF, num_prompts=NUM_PROMPTS, language=language)
