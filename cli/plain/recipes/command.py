"""A kind's computation as one command: its fields as options, plain files in, a new folder out.

Such commands differ in what they are called and in what they tell people; flags, presets, inputs,
going on after a stop and `--json` are the same for all.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from cli.jobs import options
from cli.terminal import output
from specs import presets
from specs.inputs import find_lacking, gather, list_places
from specs.job import JobSpec

Show = Callable[[Mapping[str, Any], Path], None]
"""Prints a result for people; the folder is where the files are."""
SINGULAR = {"--betas": "--beta", "--seeds": "--seed"}
"""Of lists, one word per use on the command line."""
_PRESET = "Named settings to start from; options come on top."
_FILE = "Take the settings from this JSON or YAML file, '-' for stdin; options come on top."
_JSON = "Print JSON, and nothing but JSON, on stdout."


@dataclass(frozen=True, kw_only=True)
class Command:
    spec: type[JobSpec]
    name: str
    says: str
    epilog: str
    out: str  # what the new folder holds
    show: Show
    fixed: Mapping[str, Any] = field(default_factory=dict)  # fields that the command lays down
    without: Collection[str] = ()  # those it has no use for
    takes_files: bool = False  # settings may come from a file, or from a preset if there is one
    singular: Mapping[str, str] = field(default_factory=dict)  # other words for options
    more: Sequence[click.Option] = ()  # of this command alone
    find_more: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda _: {}  # and what they say

    def make(self) -> click.Command:
        return click.Command(
            self.name,
            callback=self._run,
            params=[*self._make_own(), *self._make_usual(), *self.more],
            help=self.says,
            epilog=self.epilog,
        )

    def _make_own(self) -> list[click.Option]:
        made = options.make(self.spec, without={*self.fixed, *self.without})
        for option in made:
            option.opts = [self.singular.get(word, word) for word in option.opts]
        return made

    def _make_usual(self) -> list[click.Option]:
        folder = click.Path(file_okay=False, path_type=Path)
        made = [click.Option(["--out"], required=True, type=folder, help=self.out)]
        if self.takes_files and presets.list_presets(self.spec.kind):
            made.append(click.Option(["--preset"], help=_PRESET))
        if self.takes_files:
            file = click.File(encoding="utf-8")
            made.append(click.Option(["--spec", "file"], type=file, metavar="FILE", help=_FILE))
        made.append(click.Option(["--json", "as_json"], is_flag=True, help=_JSON))
        return made

    def _run(self, *, out: Path, as_json: bool, **given: Any) -> None:
        spec = self._read_spec(given)
        result = _compute(spec, out, self.find_more(given))
        if not as_json:
            self.show(result, out)
            return
        output.print_json(result | {"folder": out})

    def _read_spec(self, given: Mapping[str, Any]) -> JobSpec:
        """What is given comes on top of the file, the file on top of the preset."""
        file, preset = given.get("file"), given.get("preset")
        values = options.read_file(file, self.spec.kind) if file else {}
        values |= {**options.collect(given), **self.fixed}
        if preset is not None:
            values = presets.find_preset(preset, self.spec.kind).fill(values)
        return self.spec.model_validate(values)


def _compute(spec: JobSpec, out: Path, more: Mapping[str, Any]) -> dict[str, Any]:
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain import computing  # noqa: PLC0415 - see above
    from cli.plain.recipes.computes import COMPUTES  # noqa: PLC0415 - the same
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same

    compute = COMPUTES[spec.kind]
    arguments = {**_find_inputs(spec), **compute.more(spec, Path.cwd()), **more}
    with watching(spec.label) as progress:
        return computing.compute_into(out, compute.function, spec, progress, arguments)


def _find_inputs(spec: JobSpec) -> dict[str, Any]:
    from cli.plain import references  # noqa: PLC0415 - see above

    named = [place for place in list_places(spec.inputs, spec) if place.reference]
    lacking = find_lacking(spec.inputs, named)
    if lacking is not None:
        raise click.UsageError(f"Missing option '--{lacking.replace('_', '-')}'.")
    found = {
        place.name: references.find(place.reference, what=place.input.what, folder=Path.cwd())
        for place in named
    }
    return gather(spec.inputs, named, found)


def showing_facts(*names: str) -> Show:
    """These facts of a result, and its notes apart."""

    def show(result: Mapping[str, Any], out: Path) -> None:
        output.print_facts({name: result[name] for name in names} | {"folder": out})
        for note in result["notes"]:
            click.echo(note, err=True)

    return show


def showing_variants(
    header: Sequence[str], make_row: Callable[[Mapping[str, Any], Path], Sequence[Any]]
) -> Show:
    """A row of each variant, and warnings apart."""

    def show(result: Mapping[str, Any], out: Path) -> None:
        output.print_table(header, [make_row(each, out) for each in result["variants"]])
        for sentence in result["warnings"]:
            click.echo(sentence, err=True)

    return show
