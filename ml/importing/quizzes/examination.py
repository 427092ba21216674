"""From a row to questions with their picture, or to the reasons why not. Knows one row at a time,
so that many can be looked at at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ml.datasets import languages, pictures
from ml.datasets.pictures import Limits, Picture
from ml.datasets.problems import Problem, Reason, UnfitItem, shown
from ml.importing.kept_pictures import FOLDER, SUFFIXES
from ml.importing.quizzes.gallery import Gallery
from ml.importing.quizzes.names import Names
from ml.importing.quizzes.shapes.found import Found, Place
from ml.importing.quizzes.shapes.registry import SHAPES
from ml.importing.quizzes.tables import Line, Table
from ml.loading.quizzes import describe
from specs.kinds.quiz.quiz_import import QuizImport
from specs.quiz import SCOPES, QuizItem

# Of an item whose picture has not been kept yet.
_NO_NAME = f"{FOLDER}/-"


@dataclass(frozen=True, kw_only=True)
class Looked:
    items: tuple[QuizItem, ...] = ()
    picture: Picture | None = None
    data: bytes = b""
    problems: tuple[Problem, ...] = ()
    num_passed_over: int = 0  # in a language that was not asked for


@dataclass(frozen=True, kw_only=True)
class Examiner:
    spec: QuizImport
    names: Names
    gallery: Gallery
    shapes: Mapping[Table, str]
    countries: Mapping[str, Sequence[str]]

    @property
    def limits(self) -> Limits:
        return find_limits(self.spec)

    def look(self, line: Line) -> Looked:
        try:
            if isinstance(line.row, UnfitItem):
                raise line.row
            found = self._read(line, line.row)
            wanted = [each for each in found if self._is_wanted(each.language)]
            picture, data = self._load(wanted[0], line) if wanted else (None, b"")
            items, problems = self._make_items(wanted, picture, line.reference)
        except UnfitItem as unfit:
            return Looked(problems=(unfit.about(line.reference),))
        return Looked(
            items=tuple(items),
            picture=picture if items else None,
            data=data if items else b"",
            problems=tuple(problems),
            num_passed_over=len(found) - len(wanted),
        )

    def _read(self, line: Line, row: Mapping[str, Any]) -> list[Found]:
        place = Place(
            spec=self.spec,
            names=self.names,
            table=line.table,
            number=line.number,
            countries=self.countries,
        )
        return SHAPES[self.shapes[line.table]].read(row, place)

    def _is_wanted(self, language: str) -> bool:
        tag = language or self.spec.default_language
        return not self.spec.languages or any(
            languages.is_of(tag, wanted) for wanted in self.spec.languages
        )

    def _load(self, found: Found, line: Line) -> tuple[Picture | None, bytes]:
        if found.picture is None:
            if found.is_pictured:
                raise UnfitItem(Reason.NO_PICTURE, "The row names no picture.")
            return None, b""
        data = self.gallery.load(found.picture, line.table.path.parent)
        picture = pictures.inspect(data, self.limits)
        if picture.format not in SUFFIXES:
            raise UnfitItem(
                Reason.NOT_SHOWN,
                f"The picture is {picture.format}, which browsers do not show; save it as PNG, "
                "JPEG or WebP.",
            )
        if found.sha256 not in ("", picture.sha256):
            raise UnfitItem(
                Reason.BROKEN_PICTURE,
                "The picture is not the one that the row means: its SHA-256 is another.",
            )
        return picture, data

    def _make_items(
        self, found: Sequence[Found], picture: Picture | None, reference: str
    ) -> tuple[list[QuizItem], list[Problem]]:
        items: list[QuizItem] = []
        problems: list[Problem] = []
        for each in found:
            try:
                items.append(self._make_item(each, picture))
            except UnfitItem as unfit:
                problems.append(unfit.about(reference))
        return items, problems

    def _make_item(self, found: Found, picture: Picture | None) -> QuizItem:
        scope = self._choose_scope(found)
        options, answer, answers = _choose_form(found, self.spec.form)
        try:
            return QuizItem(
                key=found.key,
                question=found.question,
                options=options,
                answer=answer,
                answers=answers,
                picture=_NO_NAME if picture else "",
                sha256=picture.sha256 if picture else "",
                scope=scope,
                region=found.region or (self.spec.region if scope == "regional" else ""),
                country=found.country,
                language=found.language or self.spec.default_language,
                category=found.category,
                stratum=found.stratum,
                split=found.split,
                group=found.group,
                source=found.source[:200],
                licence=found.licence or self.spec.licence,
                context=found.context,
            )
        except ValidationError as error:
            raise UnfitItem(Reason.UNFIT_VALUE, describe(error)) from error

    def _choose_scope(self, found: Found) -> str:
        if self.spec.scope != "auto":
            return self.spec.scope
        if found.scope:
            if found.scope not in SCOPES:
                raise UnfitItem(
                    Reason.NO_SCOPE,
                    f"The scope '{shown(found.scope)}' is neither global nor regional.",
                )
            return found.scope
        if not self.spec.region:
            raise UnfitItem(
                Reason.NO_SCOPE,
                "The row does not say whether it is global or regional: name a region or a scope.",
            )
        if not found.country:
            raise UnfitItem(
                Reason.NO_SCOPE,
                "The row does not say its country, so nobody knows whether it is of the region: "
                "name a scope.",
            )
        if not self.names.is_country(found.country):
            raise UnfitItem(
                Reason.NO_SCOPE,
                f"'{shown(found.country)}' is no country that is known by this name or code, so "
                "nobody knows whether it is of the region: correct it, or name a scope.",
            )
        return "regional" if self.names.is_regional(found.country) else "global"


def find_limits(spec: QuizImport) -> Limits:
    return Limits(
        max_file_bytes=int(spec.max_file_mb * 1e6),
        max_pixels=int(spec.max_picture_megapixels * 1e6),
    )


def _choose_form(found: Found, form: str) -> tuple[tuple[str, ...], int | None, tuple[str, ...]]:
    """Options, the right one, accepted answers. Without options, the right one's words count."""
    if form == "choice" and found.options:
        return found.options, found.answer, ()
    if not found.answers and found.answer is not None:
        return (), None, (found.options[found.answer],)
    return (), None, found.answers
