"""What can go wrong is a tree, and each door maps the tree once."""

import ast
import importlib

import pytest

from domain import errors

from .conftest import Source

DOORS = ("app/errors.py", "workers/runtime.py", "cli/errors.py")
EDGES = ("app/dependencies.py", "workers/runtime.py", "cli/database.py")
KINDS = (
    errors.NotFound,
    errors.Conflict,
    errors.Invalid,
    errors.Forbidden,
    errors.Unavailable,
)


def all_errors(source: Source) -> set[type[errors.DomainError]]:
    for path in source.modules("domain"):
        importlib.import_module(
            ".".join(path.relative_to(source.root).with_suffix("").parts).removesuffix(".__init__")
        )
    found: set[type[errors.DomainError]] = set()
    waiting = [errors.DomainError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found.add(kind)
            waiting.append(kind)
    return found


def test_every_domain_error_is_of_one_of_the_five_kinds(source: Source) -> None:
    strays = [error for error in all_errors(source) if not issubclass(error, KINDS)]
    assert not strays, f"Derive them from one of the kinds in domain/errors.py: {strays}"


@pytest.mark.parametrize("door", DOORS)
def test_every_door_maps_every_kind(door: str, source: Source) -> None:
    names = {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(source.tree(source.root / door))
        if isinstance(node, ast.Name | ast.Attribute)
    }
    # Naming the root of the tree maps all that hangs from it.
    missing = [kind.__name__ for kind in KINDS if not {kind.__name__, "DomainError"} & names]
    assert not missing, f"{door} says nothing about {missing}."


def test_only_the_doors_catch_everything(source: Source) -> None:
    def catches_everything(node: ast.AST) -> bool:
        if not isinstance(node, ast.ExceptHandler):
            return False
        caught = "" if node.type is None else ast.unparse(node.type)
        return node.type is None or "Exception" in caught.strip("()").split(", ")

    found = source.places(catches_everything)
    elsewhere = {path: lines for path, lines in found.items() if path not in DOORS}
    assert not elsewhere, f"Catch what you can handle; the doors catch the rest: {elsewhere}"


def test_base_exception_is_caught_only_to_clean_up_and_raise_again(source: Source) -> None:
    def swallows(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.ExceptHandler)
            and node.type is not None
            and "BaseException" in ast.unparse(node.type)
            and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
        )

    found = source.places(swallows)
    assert not found, f"Raise it again after cleaning up: {found}"


def test_transactions_are_committed_at_the_three_edges_only(source: Source) -> None:
    def commits(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "commit"
        )

    found = source.places(commits)
    elsewhere = {path: lines for path, lines in found.items() if path not in EDGES}
    assert not elsewhere, f"One request, job or command is one transaction: {elsewhere}"


def test_an_error_keeps_its_cause(source: Source) -> None:
    def forgets(node: ast.AST) -> bool:
        return isinstance(node, ast.ExceptHandler) and any(
            isinstance(inner, ast.Raise) and inner.exc is not None and inner.cause is None
            for statement in node.body
            for inner in ast.walk(statement)
        )

    found = source.places(forgets)
    assert not found, f"Write `raise ... from error` (or `from None`): {found}"


def test_what_errors_say_can_be_translated(source: Source) -> None:
    says = {"super().__init__", *(kind.__name__ for kind in (*KINDS, errors.Sentence, errors.Word))}

    def is_filled_too_early(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).removeprefix("errors.") in says
            and any(isinstance(argument, ast.JoinedStr) for argument in node.args)
        )

    # The other packages are not heard on pages.
    found = {
        path: lines
        for path, lines in source.places(is_filled_too_early).items()
        if path.startswith(("app/", "domain/"))
    }
    assert not found, f"Give a template and its values, see domain/errors.py: {found}"
