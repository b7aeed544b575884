"""Puts the services of this slice together."""

from dataclasses import dataclass

from headwater.db.database import Dialect
from headwater.kernel.clock import Clock
from headwater.kernel.events import Events
from headwater.records.catalogue import Catalogue
from headwater.records.compiled import CompiledModules
from headwater.records.field_changes import FieldChanges
from headwater.records.journal import Journal
from headwater.records.modules import Modules
from headwater.records.references import References
from headwater.records.service import Records


@dataclass(frozen=True)
class RecordsSlice:
    """What other slices use of this one."""

    catalogue: Catalogue
    modules: Modules
    records: Records


def build_records(dialect: Dialect, clock: Clock, events: Events) -> RecordsSlice:
    """The catalogue and the services over one kind of database."""
    catalogue = Catalogue()
    references = References(catalogue)
    compiled = CompiledModules()
    return RecordsSlice(
        catalogue=catalogue,
        modules=Modules(clock, catalogue, FieldChanges(references)),
        records=Records(clock, catalogue, compiled, references, Journal(events), dialect),
    )
