"""Makes the commands that compute one kind on plain files: `ggez align`, `ggez answer` and so on.

They differ in what they are called and in what they tell people; flags, presets, inputs, resuming
and `--json` are the same for all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from cli.jobs import options
from cli.options import json_option
from cli.plain import presetting
from cli.terminal import output
from specs import presets
from specs.job import JobSpec

# What a result says to people, and where it lies.
Tell = Callable[[Mapping[str, Any], Path], None]


@dataclass(frozen=True, kw_only=True)
class Making:
    name: str
    spec: type[JobSpec]
    help: str
    example: str
    out: str  # what the new folder holds
    tell: Tell
    # Lists of which each use on the command line gives one.
    singular: Mapping[str, str] = field(default_factory=dict)
    # Options of this command alone, and the arguments that they become.
    more: Sequence[click.Option] = ()
    find_more: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda _: {}

    def make(self) -> click.Command:
        def callback(**given: Any) -> None:
            self._run(given)

        command = click.Command(
            self.name,
            callback=json_option(callback),
            help=self.help,
            epilog=f"Example: {self.example}",
            params=[*self._make_own(), *self._make_usual(), *self.more],
        )
        command.params += callback.__click_params__  # type: ignore[attr-defined]  # click leaves them there
        return command

    def _make_own(self) -> list[click.Option]:
        """Of the specification's fields."""
        made = options.make(self.spec)
        for option in made:
            option.opts = [self.singular.get(word, word) for word in option.opts]
        return made

    def _make_usual(self) -> list[click.Option]:
        folder = click.Path(file_okay=False, path_type=Path)
        file = click.File(encoding="utf-8")
        told = "Named settings to start from; options come on top."
        preset = click.Option(["--preset"], help=told)
        return [
            click.Option(["--out"], required=True, type=folder, help=f"A new folder: {self.out}."),
            *([preset] if presets.list_presets(self.spec.kind) else []),
            click.Option(
                ["--spec", "file"],
                type=file,
                metavar="FILE",
                help="Take the settings from this JSON or YAML file, '-' for stdin; options come "
                "on top.",
            ),
        ]

    def _run(self, given: dict[str, Any]) -> None:
        out: Path = given["out"]
        spec = presetting.read_spec(self.spec, given.get("preset"), given["file"], given)
        result = _compute(spec, out, self.find_more(given))
        if given["as_json"]:
            output.print_json(result | {"folder": out})
            return
        self.tell(result, out)


def _compute(spec: JobSpec, out: Path, more: Mapping[str, Any]) -> dict[str, Any]:
    # Computing is loaded when there is something to compute: help does not wait for it.
    from cli.plain import computing, references  # noqa: PLC0415 - see above
    from cli.plain.recipes.computes import COMPUTES  # noqa: PLC0415 - the same
    from cli.terminal.progress import watching  # noqa: PLC0415 - the same

    inputs = {
        each.name: references.find(getattr(spec, each.name), what=each.what, folder=Path.cwd())
        for each in spec.inputs
        if getattr(spec, each.name)
    }
    function = COMPUTES[spec.kind].function
    with watching(spec.label) as progress:
        return computing.compute_into(out, function, spec, progress, {**inputs, **more})


def telling_facts(*names: str) -> Tell:
    """These facts of the result, and its notes apart."""

    def tell(result: Mapping[str, Any], out: Path) -> None:
        output.print_facts({name: result[name] for name in names} | {"folder": out})
        for note in result["notes"]:
            click.echo(note, err=True)

    return tell
