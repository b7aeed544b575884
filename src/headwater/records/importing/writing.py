"""A batch of an import into its module, in the transaction that also moves the checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from headwater.access.actor import Actor
from headwater.db.database import Tx
from headwater.records.codec import Codec
from headwater.records.importing.checking import Checker
from headwater.records.importing.inserting import insert_rows
from headwater.records.importing.keys import stored_keys
from headwater.records.importing.model import Counts, ImportOptions, RawRow, RowFault
from headwater.records.importing.unique import taken_values
from headwater.records.importing.work import Work
from headwater.records.journal import Journal
from headwater.records.lookup import holders
from headwater.records.model import Module
from headwater.records.service import Records


@dataclass(slots=True)
class Written:
    """What became of a batch: counts, and the rejected rows with their faults in the order of the file."""

    counts: Counts
    rejected: list[tuple[RawRow, Sequence[RowFault]]] = field(default_factory=list)


class BatchWriter:
    """Writes the batches of one import. Each call runs in the caller's transaction and may run again."""

    def __init__(self, records: Records, checker: Checker, journal: Journal) -> None:
        """New rows go the short way, in columns; rows that change a record go through `records`."""
        self._records = records
        self._checker = checker
        self._journal = journal

    def write(self, tx: Tx, actor: Actor, module: Module, options: ImportOptions, work: Work) -> Written:
        """Write what can be written; every other row comes back with all that is wrong with it."""
        codec = self._records.compiled(tx, module).codec
        self._checker.check(tx, module, options, work)
        updates = self._known(tx, codec, options, work)
        fresh = [index for index in work.good_rows() if index not in updates]
        fresh, repeats = self._without_duplicates(tx, codec, options, work, fresh)
        if work.batch.absent:
            fresh = self._checker.complete(tx, module, work, fresh)
        insert_rows(tx, actor, codec, self._journal, work, fresh)
        updated, skipped = self._change(tx, actor, module, options, work, sorted(updates | repeats))
        rejected = work.rejected()
        counts = Counts(work.size, len(fresh), updated, skipped, len(rejected))
        return Written(counts, rejected)

    def _known(self, tx: Tx, codec: Codec, options: ImportOptions, work: Work) -> set[int]:
        """Rows whose key a record has."""
        if not options.key:
            return set()
        column = codec.columns[options.key]
        keys = stored_keys(column, work.columns[options.key])
        found = holders(tx, codec, options.key, keys)
        return {index for index in work.good_rows() if keys[index] in found}

    def _without_duplicates(
        self, tx: Tx, codec: Codec, options: ImportOptions, work: Work, fresh: list[int]
    ) -> tuple[list[int], set[int]]:
        """New rows that no unique field refuses; and those that repeat a key of the batch: they
        change what it made.
        """
        repeats: set[int] = set()
        for target in codec.module.fields:
            values = work.columns.get(target.name)
            if not target.unique or values is None:
                continue
            taken = taken_values(tx, codec, target.name, [(index, values[index]) for index in fresh])
            is_key = target.name == options.key
            repeats |= taken.in_batch if is_key else frozenset()
            for index in taken.in_module if is_key else taken.in_module | taken.in_batch:
                shown = str(values[index])[:60]
                detail = f"Field '{target.name}' is unique, and another record has '{shown}'."
                work.add_fault(index, target.name, "not_unique", detail)
            gone = taken.in_module | taken.in_batch
            fresh = [index for index in fresh if index not in gone]
        return fresh, repeats

    def _change(
        self, tx: Tx, actor: Actor, module: Module, options: ImportOptions, work: Work, updates: list[int]
    ) -> tuple[int, int]:
        """Rows whose key is known; how many changed a record, and how many changed nothing."""
        if options.on_conflict == "skip" or not updates:
            return 0, len(updates)
        if options.on_conflict == "reject":
            for index in updates:
                key = str(options.key)
                work.add_fault(index, key, "not_unique", f"A record has the same '{key}' already.")
            return 0, 0
        codec = self._records.compiled(tx, module).codec
        rows = [work.json_values(codec, index) for index in updates]
        outcomes = self._records.write_many(tx, actor, module, "upsert", rows, options.key)
        for index, outcome in zip(updates, outcomes, strict=True):
            for fault in outcome.faults:
                work.add_fault(index, fault.field, fault.code, fault.detail)
        changed = sum(outcome.status in ("updated", "created") for outcome in outcomes)
        refused = sum(bool(outcome.faults) for outcome in outcomes)
        return changed, len(outcomes) - changed - refused
