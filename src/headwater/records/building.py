"""Puts the services of this slice together."""

from collections.abc import Iterable
from dataclasses import dataclass

from headwater.accounts.person_store import user_of_id
from headwater.db.database import Tx
from headwater.expr.calendar import Calendar
from headwater.kernel.clock import Clock
from headwater.kernel.events import Events
from headwater.records.catalogue import Catalogue
from headwater.records.compiled import CompiledModules
from headwater.records.field_changes import FieldChanges
from headwater.records.finder import Finder
from headwater.records.held_indexes import HeldIndexes
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
    finder: Finder
    compiled: CompiledModules
    references: References
    journal: Journal
    held_indexes: HeldIndexes


def build_records(clock: Clock, events: Events, calendar: Calendar) -> RecordsSlice:
    """The catalogue and the services. `calendar` is that of filters and of buckets of time."""
    catalogue = Catalogue()
    references = References(catalogue)
    compiled = CompiledModules()
    journal = Journal(events)
    finder = Finder(catalogue, compiled, calendar, _names_of_people)
    return RecordsSlice(
        catalogue=catalogue,
        modules=Modules(clock, catalogue, FieldChanges(references)),
        records=Records(clock, catalogue, compiled, references, journal, finder),
        finder=finder,
        compiled=compiled,
        references=references,
        journal=journal,
        held_indexes=HeldIndexes(catalogue),
    )


def _names_of_people(tx: Tx, ids: Iterable[int]) -> dict[int, str]:
    found = {user_id: user_of_id(tx, user_id) for user_id in ids}
    return {user_id: user.name for user_id, user in found.items() if user is not None}
