"""The house style's limits: sizes of files, functions and classes, and names that say nothing."""

import ast
from pathlib import Path

from tests.house.sources import ending, name, text, tree

FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers"}
GENERATED = {"web/src/api/schema.d.ts"}


def test_no_file_is_longer_than_400_lines() -> None:
    sources = [path for path in ending(".py", ".ts", ".vue", ".css", ".sql") if name(path) not in GENERATED]
    assert [row(path, lines(path)) for path in sources if lines(path) > 400] == []


def test_no_component_is_longer_than_200_lines() -> None:
    assert [row(path, lines(path)) for path in ending(".vue") if lines(path) > 200] == []


def test_no_function_is_longer_than_40_lines() -> None:
    long = [
        row(path, f"{node.name} {length(node)}")
        for path in ending(".py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > 40
    ]
    assert long == []


def test_no_class_has_more_than_20_methods() -> None:
    wide = [
        row(path, node.name)
        for path in ending(".py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and methods(node) > 20
    ]
    assert wide == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [name(path) for path in ending(".py", ".ts", ".vue") if path.stem.lower() in FORBIDDEN] == []


def test_every_file_says_what_it_is_responsible_for() -> None:
    silent = [
        name(path) for path in ending(".py") if text(path).strip() and not ast.get_docstring(tree(path))
    ]
    assert silent == []


def lines(path: Path) -> int:
    return len(text(path).splitlines())


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    said = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
    return node.end_lineno - node.lineno + 1 - said


def methods(node: ast.ClassDef) -> int:
    return sum(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) for each in node.body)


def row(path: Path, what: object) -> str:
    return f"{name(path)}: {what}"
