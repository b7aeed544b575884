"""Multi values: a list of what the kind has one of, stored as a JSON array."""

from typing import Any

from msgspec import Raw

from headwater.expr.folding import fold
from headwater.kernel.json import dumps, loads
from headwater.records.errors import BadValueError
from headwater.records.fields.kind import Convert

MAX_VALUES = 10_000


def list_reader(read_one: Convert) -> Convert:
    """A reader of lists; empty items are left out, an empty list is empty."""

    def read(value: Any) -> list[Any] | None:
        if type(value) is not list:
            raise BadValueError("wrong_type", "wants a list")
        if len(value) > MAX_VALUES:
            raise BadValueError("too_long", f"takes at most {MAX_VALUES} values; there are {len(value)}")
        items = [item for each in value if each is not None and (item := read_one(each)) is not None]
        return items or None

    return read


def fold_list(values: list[str]) -> str:
    """The folded twin: a JSON array of the folded texts."""
    return dumps([fold(each) for each in values])


to_storage: Convert = dumps
from_storage: Convert = loads


def json_from_storage(stored: str) -> Raw:
    """The stored array is JSON already; it goes out as it is."""
    return Raw(stored.encode())
