"""Python functions made from documents: straight-line source whose values are bound or quoted, never pasted.

A record then costs no call for each node of its document: a filter of three conditions and a mapping of five
fields take 610,000 records a second (`python -m bench mapping`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from headwater.expr import paths
from headwater.expr.paths import MISSING


def open_record(record: Any) -> Callable[..., Any]:
    """What generated code reads a record with: `get(key, default)` of an object, and the same for rows in a
    list.
    """
    if isinstance(record, dict):
        return record.get

    def get(key: str, default: Any = None) -> Any:
        value = paths.member(record, key)
        return default if value is MISSING else value

    return get


class Source:
    """Lines of one function in the making, and the values that its names are bound to."""

    def __init__(self) -> None:
        """Start empty, with the names that every generated function may use."""
        self._lines: list[str] = []
        self._names: dict[str, Any] = {"MISSING": MISSING, "open_record": open_record, "read": paths.read}
        self._literals: dict[str, Any] = {}
        self._indent = 1
        self._count = 0

    def name(self) -> str:
        """A fresh variable."""
        self._count += 1
        return f"v{self._count}"

    def bind(self, value: Any) -> str:
        """A fresh name that means this value inside the function."""
        self._count += 1
        name = f"c{self._count}"
        self._names[name] = value
        return name

    def literal(self, value: Any) -> str:
        """Text that stands for a constant: quoted by Python itself where that is exact, else bound."""
        is_plain = value is None or value.__class__ in (str, bool)
        if is_plain or (value.__class__ is int and abs(value) < 1 << 63):
            code = repr(value)
        else:
            code = self.bind(value)
        self._literals[code] = value
        return code

    def constant(self, code: str) -> Any:
        """The value that a literal of this source stands for; None when the code is no literal."""
        return self._literals.get(code)

    def line(self, text: str) -> None:
        """Add a statement. `text` holds only our own words, fresh names and literals."""
        self._lines.append("    " * self._indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Add a compound statement; what is added inside belongs to it."""
        self.line(head)
        self._indent += 1
        yield
        self._indent -= 1

    def extract(
        self, path: paths.Path, *, record: str = "record", get: str = "get", default: str = "None"
    ) -> str:
        """An expression that reads a path, or gives the default (`None` or `MISSING`)."""
        if len(path) == 1 and isinstance(path[0], str):
            return f"{get}({self.literal(path[0])})" if default == "None" else f"{get}({path[0]!r}, MISSING)"
        value = f"read({record}, {self.bind(path)})"
        if default == "MISSING":
            return value
        name = self.name()
        return f"(None if ({name} := {value}) is MISSING else {name})"

    def function(self, names: dict[str, Any]) -> Callable[..., Any]:
        """The function `(record)` that runs the lines, with more names bound."""
        opened = "record.get if record.__class__ is dict else open_record(record)"
        head = f"def generated(record):\n    get = {opened}"
        scope = {**names, **self._names}
        # Only words of this package, names it made and literals that Python quoted stand in this source.
        exec(compile("\n".join([head, *self._lines]), "<generated>", "exec"), scope)
        function: Callable[..., Any] = scope["generated"]
        return function
