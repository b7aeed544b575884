"""What the house tests look at: the project's own files and the Python trees of its sources."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(path for name in sorted(names.split("\0")) if name and (path := ROOT / name).is_file())


def ending(*suffixes: str) -> Iterator[Path]:
    """The files with one of these suffixes."""
    return (path for path in files() if path.suffix in suffixes)


def name(path: Path) -> str:
    """The path as the project writes it."""
    return path.relative_to(ROOT).as_posix()


@cache
def text(path: Path) -> str:
    """The content of one file."""
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of one Python file."""
    return ast.parse(text(path))


def product() -> Iterator[Path]:
    """The Python files of the package."""
    return (path for path in ending(".py") if name(path).startswith("src/"))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in one file with the last part of the name that is called."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = node.func
            yield getattr(called, "attr", getattr(called, "id", "")), node


def constant(node: ast.expr | None) -> str:
    """The text of a constant, or nothing."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text else ""


def document(title: str) -> str:
    """One page of the documentation."""
    return text(DOCS / title)
