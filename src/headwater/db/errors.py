"""Errors of the database that a service may want to catch."""

from headwater.kernel.errors import ConflictError


class DuplicateError(ConflictError):
    """A unique index refused a row. Catch it only to raise a clearer error: the write is lost."""

    def __init__(self, detail: str, columns: tuple[str, ...] = (), index: str = "") -> None:
        """`columns` of the index where the database names them, the name of the `index` where it does."""
        super().__init__("duplicate", detail, hint="Use another value, or change the row that has it.")
        self.columns = columns
        self.index = index
