"""Nothing grows past what one can take in. The allow-list is empty; keep it so."""

import ast
from collections import Counter
from collections.abc import Iterator

from .conftest import Source

MAX_MODULE_LINES = 500
MAX_FUNCTION_LINES = 80
MAX_CLASS_LINES = 300
MAX_TEMPLATE_LINES = 250
MAX_PARAMETERS = 8
MAX_MODULES_IN_PACKAGE = 15

ALLOWED: dict[str, str] = {}  # "path or path:name" -> why it may be larger


def held(found: Iterator[tuple[str, int]] | list[tuple[str, int]], ceiling: int, fix: str) -> None:
    too_large = [
        f"{name} has {size}, at most {ceiling}: {fix}"
        for name, size in found
        if size > ceiling and name not in ALLOWED
    ]
    assert not too_large, "\n".join(too_large)


def definitions(
    source: Source, *kinds: type[ast.AST]
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    for path in source.modules(*source.packages, "tests", "benchmarks"):
        for node in ast.walk(source.tree(path)):
            if isinstance(node, kinds):
                yield f"{source.name(path)}:{node.name}", node  # type: ignore[attr-defined, misc]  # every kind asked for has a name


def test_a_module_has_at_most_500_lines(source: Source) -> None:
    sizes = [
        (source.name(path), len(path.read_text(encoding="utf-8").splitlines()))
        for path in source.modules(*source.packages, "tests", "benchmarks")
    ]
    held(sizes, MAX_MODULE_LINES, "split it by verb (publish.py, assign.py) or by thing.")


def test_a_function_has_at_most_80_lines(source: Source) -> None:
    sizes = (
        (name, (node.end_lineno or 0) - node.lineno + 1)
        for name, node in definitions(source, ast.FunctionDef, ast.AsyncFunctionDef)
    )
    held(sizes, MAX_FUNCTION_LINES, "name its steps and give each a function.")


def test_a_class_has_at_most_300_lines(source: Source) -> None:
    sizes = (
        (name, (node.end_lineno or 0) - node.lineno + 1)
        for name, node in definitions(source, ast.ClassDef)
    )
    held(sizes, MAX_CLASS_LINES, "it is two things; separate what changes for different reasons.")


def test_a_function_takes_at_most_8_parameters(source: Source) -> None:
    def count(arguments: ast.arguments) -> int:
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        return sum(argument.arg not in {"self", "cls"} for argument in named)

    # A command's parameters are its options, and a test's its fixtures: they follow the outside.
    sizes = (
        (name, count(node.args))
        for name, node in definitions(source, ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_command(node)
    )
    held(sizes, MAX_PARAMETERS, "group what belongs together in a frozen dataclass or a form.")


def _is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("click.option" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_a_template_has_at_most_250_lines(source: Source) -> None:
    sizes = [
        (source.name(path), len(path.read_text(encoding="utf-8").splitlines()))
        for path in sorted((source.root / "templates").rglob("*.html"))
    ]
    held(sizes, MAX_TEMPLATE_LINES, "move a part into a macro or a partial beside it.")


def test_a_package_has_at_most_15_modules(source: Source) -> None:
    sizes = Counter(
        source.name(path.parent) for path in source.modules() if path.name != "__init__.py"
    )
    held(list(sizes.items()), MAX_MODULES_IN_PACKAGE, "make a package of what belongs together.")


def test_the_allow_list_names_only_what_is_there(source: Source) -> None:
    gone = [name for name in ALLOWED if not (source.root / name.partition(":")[0]).exists()]
    assert not gone, f"Remove from ALLOWED, they are gone: {gone}"
