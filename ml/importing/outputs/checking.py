"""Turns a row of the table into an output and its prompt, or into the reason why not.

Remembers what earlier rows said, so that rows which contradict each other are told. Looks at no
picture: going through a table again costs little.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ml.datasets.problems import Reason, UnfitItem, UnreadableSource, clean_text, shown
from ml.datasets.readers.rows import read_metadata, read_picture, read_text
from ml.importing.outputs.tables import Line
from specs import prompts
from specs.kinds.outputs.outputs_import import OutputsImport
from specs.prompts import PromptLine

MOST_ROWS = 200_000
LONGEST_ANSWER = 32_000
_LARGEST_SEED = 2**63 - 1
_DEFAULT_SCOPE = "regional"
_OF_PROMPTS = ("scope", "stratum", "region", "country", "language", "category")
# Of pictures, measured here and not believed.
_MEASURED = ("sha256", "width", "height")
_NAMED = frozenset(
    {
        *("arm", "variant", "prompt_key", "prompt", "seed", "file", "text", "question_file"),
        *_OF_PROMPTS,
        *_MEASURED,
    }
)
_ARMS = ("arm", "variant")  # the second is what images.generate writes
_NO_MATTER = re.compile(r"[\s_\-]+")


@dataclass(frozen=True, kw_only=True)
class Row:
    reference: str
    arm: str
    prompt: PromptLine
    seed: int
    text: str  # empty: the output is a picture
    picture: bytes | str | None  # the output, or what an answer is about
    more: Mapping[str, Any]


@dataclass(kw_only=True)
class Checker:
    spec: OutputsImport
    num_rows: int = 0
    prompts: dict[str, PromptLine] = field(default_factory=dict)
    _prompt_references: dict[str, str] = field(default_factory=dict)
    _arms: dict[str, tuple[str, str]] = field(default_factory=dict)
    _seen: dict[tuple[str, str, int], str] = field(default_factory=dict)

    def check(self, line: Line) -> Row:
        """Raises UnfitItem."""
        self.num_rows += 1
        if self.num_rows > MOST_ROWS:
            raise UnreadableSource(
                f"The table has more than {MOST_ROWS:,} rows. Split it, and import its parts."
            )
        if isinstance(line.row, UnfitItem):
            raise line.row
        columns = {name.strip().casefold(): name for name in line.row if name is not None}
        cells = _Cells(line.row, columns)
        prompt = self._read_prompt(cells, line.reference)
        arm = self._read_arm(cells, line.reference)
        seed = _read_seed(cells.get("seed"))
        text, picture = _read_output(cells)
        self._check_first(arm, prompt.key, seed, line.reference)
        named = {columns[name] for name in _NAMED if name in columns}
        return Row(
            reference=line.reference,
            arm=arm,
            prompt=prompt,
            seed=seed,
            text=text,
            picture=picture,
            more=read_metadata(line.row, named),
        )

    def _read_prompt(self, cells: "_Cells", reference: str) -> PromptLine:
        values = {name: cells.read(name) for name in _OF_PROMPTS}
        values["scope"] = values["scope"] or _DEFAULT_SCOPE
        if values["scope"] not in prompts.SCOPES:
            raise UnfitItem(
                Reason.UNFIT_VALUE,
                f"The scope is {' or '.join(prompts.SCOPES)}, not '{shown(values['scope'])}'.",
            )
        key, text = cells.demand("prompt_key"), cells.demand("prompt", longest=prompts.LONGEST_TEXT)
        prompt = PromptLine(key=key, text=text, **values)
        if key not in self.prompts:
            if len(self.prompts) == prompts.MOST_PROMPTS:
                raise UnreadableSource(
                    f"The table has more than {prompts.MOST_PROMPTS:,} prompts, which is what a "
                    "set may have. Split it, and import its parts."
                )
            self.prompts[key], self._prompt_references[key] = prompt, reference
        self._check_same(prompt, self.prompts[key], self._prompt_references[key])
        return prompt

    def _check_same(self, prompt: PromptLine, first: PromptLine, reference: str) -> None:
        known = asdict(first)
        for name, value in asdict(prompt).items():
            if value != known[name]:
                raise UnfitItem(
                    Reason.ANOTHER_PROMPT,
                    f"The prompt '{shown(prompt.key)}' has another {name} in {reference}: "
                    f"'{shown(known[name])}' there, '{shown(value)}' here.",
                )

    def _read_arm(self, cells: "_Cells", reference: str) -> str:
        arm = cells.demand(next((name for name in _ARMS if name in cells.columns), _ARMS[0]))
        if self.spec.arms and arm not in self.spec.arms:
            known = ", ".join(f"'{name}'" for name in self.spec.arms)
            raise UnfitItem(
                Reason.UNKNOWN_ARM, f"'{shown(arm)}' is none of the arms, which are {known}."
            )
        first, where = self._arms.setdefault(_fold(arm), (arm, reference))
        if arm != first:
            raise UnfitItem(
                Reason.OTHER_SPELLING,
                f"The arm '{shown(arm)}' is spelt '{shown(first)}' in {where}; an arm has one "
                "spelling.",
            )
        return arm

    def _check_first(self, arm: str, key: str, seed: int, reference: str) -> None:
        first = self._seen.setdefault((arm, key, seed), reference)
        if first != reference:
            raise UnfitItem(
                Reason.REPEATED,
                f"The output of '{shown(arm)}' for the prompt '{shown(key)}' with seed {seed} "
                f"stands in {first} already.",
            )


def _fold(arm: str) -> str:
    """What two spellings of one name have in common."""
    return _NO_MATTER.sub(" ", arm).casefold()


@dataclass(frozen=True)
class _Cells:
    """A row by the usual names of its columns, whatever their case."""

    row: Mapping[str, Any]
    columns: Mapping[str, str]

    def get(self, name: str) -> Any:
        return self.row.get(self.columns[name]) if name in self.columns else None

    def read(self, name: str, *, longest: int = prompts.LONGEST_VALUE) -> str:
        text = read_text(self.row, self.columns.get(name))
        if len(text) > longest:
            raise UnfitItem(
                Reason.UNFIT_VALUE,
                f"'{name}' has {len(text):,} characters; at most {longest:,} are taken.",
            )
        if not text.isprintable():
            raise UnfitItem(
                Reason.UNFIT_VALUE, f"'{name}' must be one line of printable characters."
            )
        return text

    def demand(self, name: str, *, longest: int = prompts.LONGEST_VALUE) -> str:
        text = self.read(name, longest=longest)
        if not text:
            raise UnfitItem(Reason.UNFIT_VALUE, f"The row has no {name}.")
        return text


def _read_seed(value: Any) -> int:
    """None is 0. A table that was written by a program may hold 3 as 3.0."""
    if value is None or value == "":
        return 0
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    # The bool that JSON calls true is a number to Python.
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and len(text) < 20):  # noqa: PLR2004 - what 64 bits hold
        raise UnfitItem(
            Reason.UNFIT_VALUE, f"The seed is a whole number from 0 on, not '{shown(value)}'."
        )
    if int(text) > _LARGEST_SEED:
        raise UnfitItem(Reason.UNFIT_VALUE, f"The seed {text} is larger than {_LARGEST_SEED}.")
    return int(text)


def _read_output(cells: _Cells) -> tuple[str, bytes | str | None]:
    """The words of an answer with the picture of its question, or no words and a picture."""
    file = read_picture(cells.get("file"), "file", "")
    question = read_picture(cells.get("question_file"), "question_file", "")
    given = cells.get("text")
    if given is not None and not isinstance(given, str):
        raise UnfitItem(
            Reason.UNREADABLE_ROW, f"Column 'text' holds {type(given).__name__}, not text."
        )
    text = clean_text(given or "")
    if file is not None and text:
        raise UnfitItem(
            Reason.TWO_OUTPUTS, "The row has both a file and a text; an output is one of them."
        )
    if file is not None and question is not None:
        raise UnfitItem(
            Reason.TWO_OUTPUTS, "The row has a file and a question_file; the latter is for answers."
        )
    if file is not None:
        return "", file
    if not text:
        said = "The text is empty." if given is not None else "The row has neither file nor text."
        raise UnfitItem(Reason.NO_OUTPUT, said)
    if len(text) > LONGEST_ANSWER:
        raise UnfitItem(
            Reason.UNFIT_VALUE,
            f"The text has {len(text):,} characters; at most {LONGEST_ANSWER:,} are taken.",
        )
    return text, question
