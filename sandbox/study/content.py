"""What the sandbox's studies ask and say: their files, on top of the presets that they name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from reports.language import LANGUAGES
from sandbox.study import asked
from sandbox.study.arms import Offered
from sandbox.world import prompts
from specs import presets, yaml_text
from specs.region import Region
from specs.study.design import StudyDesign
from specs.study.registration import Registration
from specs.study.wording import StudyWording

FOLDER = Path(__file__).parent  # a file for each study
# A file for each language: what all studies say, and in a folder for each what it alone says.
WORDS = FOLDER / "words"

# One half of the regional prompts has it: the one on which nothing was chosen.
HALF: prompts.Half = "report"
NUM_PROMPTS = 24


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PracticeItem(_Frozen):
    prompt_key: str
    arm: str
    best: Mapping[str, int]
    text: str = ""  # of an answer that no model gave


class Content(_Frozen):
    name: str
    region: str
    preset: str
    design: Mapping[str, Any]  # fields in the place of the preset's
    registration: Registration
    practice: tuple[PracticeItem, ...]
    offered: Offered

    def compose(self, region: Region, names: Mapping[str, str]) -> tuple[StudyDesign, StudyWording]:
        """`names`: what each arm is called here, should a name have been taken. The words are in
        every language that raters' pages speak, whichever of them the preset does.
        """
        design, wording = presets.get_study(self.preset, region)
        practice = [
            {"prompt_key": each.prompt_key, "arm": names[each.arm], "best": dict(each.best)}
            for each in self.practice
        ]
        ours = {**design.model_dump(mode="json"), **self.design, "practice": practice}
        its = wording.model_dump(mode="json")["languages"]
        languages = {
            tag: {**its.get(tag, {}), **read_words(self.offered, tag)} for tag in LANGUAGES
        }
        return StudyDesign.model_validate(ours), StudyWording.model_validate(
            {"languages": languages}
        )


def read(offered: Offered = "pictures") -> Content:
    said = yaml_text.read((FOLDER / f"{offered}.yaml").read_text("utf-8"))
    return Content.model_validate({**said, "offered": offered})


def read_words(offered: Offered, tag: str) -> dict[str, Any]:
    files = (WORDS / f"{tag}.yaml", WORDS / offered / f"{tag}.yaml")
    said: dict[str, Any] = {}
    for file in files:
        said |= yaml_text.read(file.read_text("utf-8"))
    return _COMPLETE[offered](said, tag)


def list_prompts(language: str = "en") -> list[prompts.Prompt]:
    """Of pictures. Strata and things in turn, so that few of them have all."""
    return prompts.list_prompts("regional", HALF, num_prompts=NUM_PROMPTS, language=language)


def _complete_pictures(said: dict[str, Any], tag: str) -> dict[str, Any]:
    """Prompts are in the file where the world itself does not speak the language."""
    if "prompts" in said:
        return said
    return {**said, "prompts": {each.key: each.text for each in list_prompts(tag)}}


def _complete_answers(said: dict[str, Any], tag: str) -> dict[str, Any]:
    """Questions from how each topic is asked for; the guide says what is known of the things, in
    the very words of the answers.
    """
    templates = said.pop("questions", {})
    return {
        **said,
        "guide": f"{said['guide']}\n\n{asked.list_known()}",
        "prompts": asked.ask_in(tag, templates),
    }


_COMPLETE = {"pictures": _complete_pictures, "answers": _complete_answers}
