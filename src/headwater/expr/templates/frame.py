"""Where a running template stands: the current value, the values around it, and the names that the place
offers.
"""

from collections.abc import Mapping
from typing import Any

from headwater.expr import paths
from headwater.expr.paths import MISSING
from headwater.expr.templates.nodes import Name


class Frame:
    """One level of context. `data` holds `@index` and its like, `names` what the place offers (`settings`,
    `export`).
    """

    __slots__ = ("data", "locals", "names", "parent", "root", "this")

    def __init__(self, this: Any, names: Mapping[str, Any], parent: "Frame | None" = None) -> None:
        """A root without parent, or a level below one."""
        self.this = this
        self.names = names
        self.parent = parent
        self.root: Frame = parent.root if parent else self
        self.data: dict[str, Any] = parent.data if parent else {}
        self.locals: dict[str, Any] = parent.locals if parent else {}

    def below(self, this: Any, data: dict[str, Any], named: dict[str, Any]) -> "Frame":
        """A level for a block: its own value, its data and the names after `as |`."""
        frame = Frame(this, self.names, self)
        frame.data = {**self.data, **data}
        if named:
            frame.locals = {**self.locals, **named}
        return frame

    def find(self, name: Name) -> Any:
        """The value of a path, or MISSING."""
        frame: Frame | None = self
        for _ in range(name.up):
            frame = frame.parent if frame else None
        if frame is None:
            return MISSING
        if name.is_data:
            return frame._find_data(name.steps)
        if not name.steps:
            return frame.this
        value, rest = frame._head(name.steps)
        for step in rest:
            value = paths.member(value, step)
        return value

    def _find_data(self, steps: tuple[str, ...]) -> Any:
        if steps[:1] == ("root",):
            return paths.read(self.root.this, steps[1:])
        return paths.read(self.data, steps)

    def _head(self, steps: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
        """The value of the first step. A field of the record wins over a name of the place (B2)."""
        head, rest = steps[0], steps[1:]
        if head in self.locals:
            return self.locals[head], rest
        value = paths.member(self.this, head)
        if value is not MISSING:
            return value, rest
        if head in self.names:
            return self.names[head], rest
        record = self.root.this
        if head == "record" or (head == "rows" and isinstance(record, list)):
            return record, rest
        if head == "data":  # `data.0.field` and `data.field` are the older ways to say `record.field`
            is_indexed = rest[:1] == ("0",) and isinstance(record, dict)
            return record, rest[1:] if is_indexed else rest
        return MISSING, ()
