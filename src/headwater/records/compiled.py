"""What is made once for each revision of a module: its form and its codec."""

from typing import NamedTuple

from headwater.db.database import Dialect
from headwater.records.codec import Codec
from headwater.records.form import Form
from headwater.records.model import Module

_KEPT = 500


class Compiled(NamedTuple):
    """The form that reads values, and the codec that stores and shows them."""

    form: Form
    codec: Codec


class CompiledModules:
    """Keeps what was compiled."""

    def __init__(self) -> None:
        """Start with nothing compiled."""
        self._kept: dict[tuple[int, int, Dialect], Compiled] = {}

    def of(self, module: Module, dialect: Dialect) -> Compiled:
        """The compiled parts of this revision."""
        key = (module.id, module.revision, dialect)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            found = self._kept[key] = Compiled(Form(module), Codec(module, dialect))
        return found

    def shown(self, module: Module) -> Codec:
        """A codec for JSON forms alone, which are the same on every database."""
        return self.of(module, "sqlite").codec
