"""The questions of the sandbox's study of answers: of the half on which nothing was chosen.

They are about what the region's things are, are made of, where they are met and where they come
from: what anybody can see in a picture is not asked. Each is asked once, in English or Indonesian.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.answers import halves, quizzes
from sandbox.answers.asking import Question
from sandbox.world import facts
from sandbox.world.concepts import list_concepts
from sandbox.world.facts import ASPECTS, LANGUAGES, Language
from sandbox.world.prompts import Half
from specs.prompts import PromptLine

HALF: Half = "report"
QUIZ = f"choice-{HALF}"
NUM_OF_STRATUM = 8
_TOPICS = ("thing", *ASPECTS)


@dataclass(frozen=True, kw_only=True)
class Asked:
    key: str  # as in the shipped quiz
    language: Language
    question: Question

    @property
    def accepted(self) -> str:
        return self.question.say(self.question.right, self.language)

    def to_line(self) -> PromptLine:
        thing = self.question.scene.thing
        return PromptLine(
            key=self.key,
            text=self.question.write(self.language),
            scope=thing.scope,
            stratum=thing.stratum,
            region=quizzes.REGION,
            country=thing.countries[0],
            language=self.language,
            category=self.question.topic,
        )


def list_asked() -> list[Asked]:
    """Strata in turn; of each, topics and things come up as evenly as they can."""
    strata = dict.fromkeys(each.stratum for each in list_concepts("regional"))
    chosen = [_choose(stratum) for stratum in strata]
    return [each for row in zip(*chosen, strict=True) for each in row]


def _choose(stratum: str) -> list[Asked]:
    left = [
        (number, question)
        for number, question in enumerate(halves.list_questions(HALF))
        if question.scene.thing.stratum == stratum and question.topic in _TOPICS
    ]
    used: Counter[object] = Counter()

    def weigh(each: tuple[int, Question]) -> tuple[int, int, int, int]:
        number, question = each
        it = question.scene
        return used[question.topic], used[it.concept], used[it], number

    found = []
    for place in range(NUM_OF_STRATUM):
        number, question = min(left, key=weigh)
        left.remove((number, question))
        used.update([question.topic, question.scene.concept, question.scene])
        language = LANGUAGES[place % len(LANGUAGES)]
        key = f"{QUIZ}-{number:04}-{language}"
        found.append(Asked(key=key, language=language, question=question))
    return found


def ask_in(language: str, templates: Mapping[str, str]) -> dict[str, str]:
    """Key -> the question in a rater's language. `templates`, by topic, are for those languages
    that the world itself does not speak.
    """
    spoken = next((each for each in LANGUAGES if each == language), None)
    return {
        each.key: each.question.write(spoken) if spoken else _fill(each.question, templates)
        for each in list_asked()
    }


def _fill(question: Question, templates: Mapping[str, str]) -> str:
    is_named = question.reference == "named"
    # What things are called at home is the same in every language.
    it = facts.call(question.scene.concept, "en") if is_named else templates["shown"]
    return templates[question.topic].format(it=it)


def list_known() -> str:
    """What is true of the twelve things, in the words of the answers; a paragraph each stratum."""
    by_stratum: dict[str, list[str]] = {}
    for concept in list_concepts("regional"):
        values = [facts.find_fact(concept.key, aspect) for aspect in ASPECTS]
        words = [" / ".join(dict.fromkeys(each.names.values())) for each in values if each]
        line = f"{facts.call(concept.key, 'en')}: {', '.join(words)}"
        by_stratum.setdefault(concept.stratum, []).append(line)
    return "\n\n".join(f"{'; '.join(lines)}." for lines in by_stratum.values())
