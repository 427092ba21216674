"""The playbook's commands exist, with these options, and its page is what its script writes."""

import importlib.util
import re
import shlex
from collections.abc import Iterator
from types import ModuleType

import click
import pytest

from cli.main import ggez

from .conftest import ROOT

PAGE = (ROOT / "docs" / "playbook.md").read_text(encoding="utf-8")


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_playbook", ROOT / "docs" / "playbook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


playbook = load()
COMMANDS: list[str] = playbook.list_commands(PAGE)


def list_calls(command: str) -> Iterator[list[str]]:
    """The words of every `ggez` in a line for bash, without what is handed to others."""
    words: list[str] = []
    line = command.splitlines()[0]
    for word in [*shlex.shlex(line, posix=True, punctuation_chars=True), "|"]:
        if not set(word) <= set("|&;<>()"):
            words.append(word)
            continue
        if words[:1] == ["ggez"]:
            yield words[1:]
        words = []


def check(command: click.Command, words: list[str], name: str = "ggez") -> None:
    """As click does it, but that files need not be there and nothing is carried out."""
    context = click.Context(command, info_name=name)
    given, left, _ = command.make_parser(context).parse_args(list(words))
    for param in command.params:
        is_path = isinstance(param.type, click.Path | click.File)
        value = given.get(str(param.name))
        assert value is not None or not param.required, f"{name} misses {param.opts[-1]}."
        if value is not None and not is_path:
            param.type_cast_value(context, value)
    if isinstance(command, click.Group):
        found, inner, rest = command.resolve_command(context, left)
        assert inner is not None
        check(inner, rest, f"{name} {found}")
    else:
        assert not left, f"{name} has words left over: {left}"


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("ggez")])
def test_every_command_of_the_playbook_exists_with_its_options(command: str) -> None:
    calls = list(list_calls(command))
    assert calls
    for words in calls:
        check(ggez, words)


@pytest.mark.parametrize(
    "words",
    [["nothing"], ["tune", "--no-such", "1"], ["power", "--effect", "x"], ["merge", "here"]],
)
def test_a_command_that_does_not_exist_is_noticed(words: list[str]) -> None:
    with pytest.raises((click.UsageError, AssertionError)):
        check(ggez, words)


def test_the_playbook_goes_the_whole_way() -> None:
    named = [words[0] for command in COMMANDS for words in list_calls(command)]
    order = "sandbox filter tune merge generate bench power up study down agreement effects pareto"
    assert list(dict.fromkeys(named)) == [*order.split(), "grp", "report"]


def test_outputs_are_those_of_a_full_run_and_name_no_place_of_this_machine() -> None:
    assert re.search(
        r"^\*Outputs: \d{4}-\d\d-\d\d, commit \w[\w-]*, full form\.\*$", PAGE, re.MULTILINE
    )
    assert not re.search(r"(?<![\w.])/(tmp|home|work|root|var)/", PAGE)
    assert f"more than {playbook.MOST_LINES}" in " ".join(PAGE.split())
    assert f"the first {playbook.SHOWN_LINES}" in " ".join(PAGE.split())


def test_every_figure_of_the_claim_stands_in_an_output() -> None:
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    claim = " ".join(re.findall(r"^> (.+)$", prose, re.MULTILINE))
    figure = re.compile(r"\d+\.\d+")
    said = {each for body in playbook._BLOCK.findall(PAGE) for each in figure.findall(body)}
    assert figure.findall(claim)
    assert set(figure.findall(claim)) <= said


def test_a_page_is_filled_with_what_commands_say() -> None:
    page = "Words.\n\n```console\n$ one <<'END'\n> more\n> END\nold\n$ two\n```\n\nMore words.\n"

    assert playbook.list_commands(page) == ["one <<'END'\nmore\nEND", "two"]
    filled = playbook.fill(page, lambda command: f"said of {command.split()[0]}\n")
    assert filled == page.replace("old\n$ two", "said of one\n$ two\nsaid of two")
    assert playbook.fill(filled, lambda command: f"said of {command.split()[0]}\n") == filled


def test_long_outputs_are_cut_and_links_and_places_are_masked() -> None:
    assert playbook.cut("a\n" * playbook.MOST_LINES) == ["a"] * playbook.MOST_LINES
    assert playbook.cut("a\n" * 40)[-1] == f"… {40 - playbook.SHOWN_LINES} more lines"
    said = f"in {ROOT}/var: http://127.0.0.1:1/sign-in/secret\n"
    assert playbook.mask(said, ROOT) == "in …/var: http://127.0.0.1:1/sign-in/…\n"
