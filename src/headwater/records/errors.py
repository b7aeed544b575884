"""Errors of this slice that no route ever sees as they are."""

from headwater.kernel.errors import InvalidError


class BadValueError(InvalidError):
    """One value does not suit its field.

    `detail` completes the sentence "Field 'x' of module 'y' ..."; `option` is the option of a definition
    that is wrong.
    """

    def __init__(self, code: str, detail: str, *, option: str = "kind") -> None:
        """Say what is wanted: `wants a number`."""
        super().__init__(code, detail)
        self.option = option
