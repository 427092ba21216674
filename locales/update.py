"""Collect what the pages say, bring every catalogue up to date, and tell what is missing.

    python locales/update.py            collect and update
    python locales/update.py --check    change nothing; exit 1 when something is missing

Strings come from templates (babel.cfg); from what routes say, errors tell and computations report
(`SAYING`); from the names of job states, which errors repeat; and from the specs of all job kinds,
whose labels and helps are the words of forms. English needs no catalogue. Languages of every page
have every string; the others have those that raters meet (reports/language.py), and must have all
of them.
"""

import argparse
import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from domain.jobs.models import JobState  # noqa: E402 - found by the line above
from reports import language as languages  # noqa: E402 - the same
from specs import fields, presets, registry  # noqa: E402 - the same
from specs.distillation._formulation import ABOUT as ABOUT_FORMULATIONS  # noqa: E402 - the same
from specs.grids.distillation import DistillationStudy  # noqa: E402 - the same
from specs.grids.two_by_two import TwoByTwo  # noqa: E402 - the same

# Calls whose words reach people. In these packages only errors hand a text on to
# `super().__init__`, so all such texts are sentences of errors.
SAYING = frozenset({"_", "Invalid", "Sentence", "Word", "word", "super().__init__"})
SAYING_PACKAGES = ("app", "domain", "ml", "reports")
COUNTING = "_.count"  # singular and plural: reports.speech


def collect() -> Catalog:
    template = Catalog(project="GG-EZ", charset="utf-8")
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, strip_comment_tags=True)
    for path, _line, message, comments, context in sorted(found, key=lambda row: row[:2]):
        # Without line numbers: they change with every edit and say little.
        template.add(message, locations=[(path, 0)], auto_comments=comments, context=context)
    for path, message in list_sayings():
        template.add(message, locations=[(path, 0)])
    for state in JobState:
        template.add(state.value, locations=[("domain/jobs/models.py", 0)])
    for path, message in [*list_spec_words(), *list_preset_words()]:
        template.add(message, locations=[(path, 0)])
    return template


def list_spec_words() -> Iterator[tuple[str, str]]:
    """The words of forms: of the kinds and what launches several of them, of their fields, and of
    the methods to choose from.
    """
    for spec in (*registry.list_specs(), TwoByTwo, DistillationStudy):
        path = f"{spec.__module__.replace('.', '/')}.py"
        described = fields.describe(spec)
        methods = [method for field in described for method in field.methods]
        described += [field for method in methods for field in method.fields]
        texts = [text for each in (spec, *methods) for text in (each.label, each.summary)]
        texts += [text for each in described for text in (each.label, each.help)]
        yield from ((path, text) for text in texts if text)
    yield "specs/distillation/_formulation.py", ABOUT_FORMULATIONS


def list_preset_words() -> Iterator[tuple[str, str]]:
    for preset in presets.list_presets():
        path = f"presets/{preset.name}.yaml"
        yield from ((path, text) for text in (preset.label, preset.summary) if text)


def list_sayings() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Path and text, or both forms of one. Read as a tree, because Babel takes only the first
    argument of a call, and routes say `_(request, "Saved.")`.
    """
    for package in SAYING_PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            place = str(path.relative_to(ROOT))
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                if ast.unparse(node.func) in SAYING:
                    yield from ((place, text) for text in _list_texts(node))
                elif ast.unparse(node.func) == COUNTING:
                    yield place, tuple(_list_texts(node))


def _list_texts(call: ast.Call) -> list[str]:
    return [
        argument.value
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def update(template: Catalog, language: languages.Language) -> tuple[Catalog, bytes]:
    """The language's catalogue with the strings there are now, and how its file should read."""
    path = _find(language)
    template = _choose(template, language)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {language.code}\\n"\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {language.plural_forms}\\n"\n\n'
    ).encode()
    known = path.read_bytes() if path.is_file() else header
    catalogue = read_po(io.BytesIO(known), locale=language.code)
    # Guesses at similar strings read as translations but are not: nobody has checked them.
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    for message in catalogue:
        message.string = _fit_forms(message, catalogue.num_plurals)
    written = io.BytesIO()
    write_po(written, catalogue, width=100, omit_header=True, include_lineno=False)
    return catalogue, header + written.getvalue().lstrip()


def _choose(template: Catalog, language: languages.Language) -> Catalog:
    """The strings that this language is to have."""
    if language.code in languages.EVERYWHERE:
        return template
    chosen = Catalog(project=template.project, charset=template.charset)
    for message in template:
        sources = [place for place in message.locations
                   if place[0].startswith(languages.RATER_SOURCES)]  # fmt: skip
        if message.id and sources:
            chosen.add(message.id, locations=sources, auto_comments=message.auto_comments)
    return chosen


def _fit_forms(message: Message, num_forms: int) -> str | tuple[str, ...]:
    """As many forms as the language has, whatever Babel believes."""
    given = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    padded = (*(text or "" for text in given), *[""] * num_forms)
    return padded[:num_forms] if message.pluralizable else padded[0]


def list_gaps(catalogue: Catalog) -> list[str]:
    gaps = []
    for message in catalogue:
        if not message.id:
            continue
        name = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else message.string
        if message.fuzzy or not all(forms):
            gaps.append(name)
        else:
            gaps += [f"{name} ({error})" for error in message.check(catalogue)]
    return gaps


def _find(language: languages.Language) -> Path:
    return languages.LOCALES / language.code / "LC_MESSAGES" / "messages.po"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Plain)
    parser.add_argument("--check", action="store_true", help="change nothing, only tell")
    only_check = parser.parse_args().check
    template, missing = collect(), 0
    for language in languages.LANGUAGES.values():
        if language is languages.ENGLISH:
            continue
        catalogue, written = update(template, language)
        path = _find(language)
        if not only_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written)
        elif not path.is_file() or path.read_bytes() != written:
            missing += 1
            print(f"{language.code}: not up to date. Run: python locales/update.py")
        gaps = list_gaps(catalogue)
        print(f"{language.code}: {len(catalogue) - len(gaps)} of {len(catalogue)} strings")
        missing += len(gaps)
        for gap in gaps:
            print(f"  missing: {gap}")
    return 1 if missing and only_check else 0


class _Plain(argparse.RawDescriptionHelpFormatter): ...


if __name__ == "__main__":
    sys.exit(main())
