"""Puts the parts of importing together."""

from dataclasses import dataclass

from headwater.db.database import Database
from headwater.jobs.service import Jobs
from headwater.kernel.clock import Clock
from headwater.kernel.events import Events
from headwater.kernel.settings import Settings
from headwater.records.building import RecordsSlice
from headwater.records.importing.checking import Checker
from headwater.records.importing.cleaning import Cleaning
from headwater.records.importing.running import ImportRunner
from headwater.records.importing.service import Imports
from headwater.records.importing.spool import Spool
from headwater.records.importing.writing import BatchWriter


@dataclass(frozen=True)
class ImportsSlice:
    """What the composition root uses of this part."""

    imports: Imports
    runner: ImportRunner
    spool: Spool
    cleaning: Cleaning


def build_imports(
    clock: Clock, events: Events, slice_: RecordsSlice, jobs: Jobs, database: Database, settings: Settings
) -> ImportsSlice:
    """The service, the job handler and the folder `imports` of files on their way in."""
    spool = Spool(settings.file_folder / "imports", settings.max_upload_bytes)
    imports = Imports(clock, events, slice_.catalogue, jobs)
    checker = Checker(slice_.catalogue, slice_.compiled, slice_.references)
    writer = BatchWriter(slice_.records, checker, slice_.journal)
    runner = ImportRunner(clock, slice_, imports, writer, spool)
    return ImportsSlice(imports, runner, spool, Cleaning(clock, database, spool))
