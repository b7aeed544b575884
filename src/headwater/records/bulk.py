"""Many records in one transaction: read row by row, written in a few statements, one change for each."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from headwater.db.database import Tx
from headwater.kernel.errors import Fault, InvalidError
from headwater.records import changing
from headwater.records.batch import Batch
from headwater.records.codec import Codec
from headwater.records.compiled import Compiled
from headwater.records.errors import BadValueError
from headwater.records.fields.record import read_id
from headwater.records.lookup import holders, key_of
from headwater.records.model import Module, Record
from headwater.records.outcome import Outcome, failed
from headwater.records.references import References

Operation = Literal["insert", "update", "upsert", "delete"]
Row = Mapping[str, Any]
Read = tuple[dict[str, Any], list[Fault]]
# Names that a row may have beside the module's fields, to say which record it is about.
_ABOUT = frozenset({"id", "revision"})


class BulkWrite:
    """One call: rows of one operation into one module. A bad row fails alone."""

    def __init__(self, tx: Tx, compiled: Compiled, batch: Batch, references: References) -> None:
        """`batch` gathers what is to be written."""
        self._tx = tx
        self._form, self._codec = compiled
        self._module: Module = compiled.codec.module
        self._batch = batch
        self._references = references
        self._living: dict[str, set[int]] = {}

    def run(self, operation: Operation, rows: Sequence[Row], key: str) -> list[Outcome]:
        """The outcome of each row in order. Nothing is written yet: `batch.write` does that."""
        check_key(self._codec, operation, key)
        if operation == "insert":
            return self._insert(rows)
        ids = self._ids(rows, key)
        self._batch.load(record_id for record_id in ids if record_id is not None)
        if operation == "delete":
            return [self._delete(row, record_id, key) for row, record_id in zip(rows, ids, strict=True)]
        return self._change(operation, rows, ids, key)

    def _insert(self, rows: Sequence[Row]) -> list[Outcome]:
        read = [self._form.try_new(row) for row in rows]
        self._prepare(read)
        return [self._create(*each) for each in read]

    def _change(
        self, operation: Operation, rows: Sequence[Row], ids: Sequence[int | None], key: str
    ) -> list[Outcome]:
        read = [self._form.try_changed(_values(row)) for row in rows]
        self._prepare(read)
        outcomes = []
        for row, record_id, (values, faults) in zip(rows, ids, read, strict=True):
            record = self._target(record_id, key, values)
            if record is not None:
                outcomes.append(self._update(record, row, values, faults))
            elif operation == "upsert" and key != "id":
                outcomes.append(self._create(*self._form.try_new(_values(row))))
            else:
                outcomes.append(failed([self._unknown(row, key)]))
        return outcomes

    def _target(self, record_id: int | None, key: str, values: Mapping[str, Any]) -> Record | None:
        # an earlier row of this batch may have made, moved or taken the key
        if key != "id" and values.get(key) is not None and key in self._batch.unique_names:
            record_id = self._batch.holder(key, values[key])
        return None if record_id is None else self._batch.record(record_id)

    def _create(self, values: dict[str, Any], faults: list[Fault]) -> Outcome:
        faults = [*faults, *self._reference_faults(values), *self._batch.unique_faults(None, values)]
        if faults:
            return failed(faults)
        return Outcome("created", self._batch.create(values))

    def _update(self, record: Record, row: Row, values: Mapping[str, Any], faults: list[Fault]) -> Outcome:
        given = changing.differing(record, values)
        faults = [*faults, *_revision_faults(record, row), *self._reference_faults(given)]
        faults += changing.transition_faults(self._module, record, given)
        faults += self._batch.unique_faults(record.id, given)
        if faults:
            return failed(faults, record.id)
        if not given:
            return Outcome("unchanged", record.id)
        self._batch.update(record, given)
        return Outcome("updated", record.id)

    def _delete(self, row: Row, record_id: int | None, key: str) -> Outcome:
        record = None if record_id is None else self._batch.record(record_id)
        if record is None:
            return failed([self._unknown(row, key)])
        faults = _revision_faults(record, row)
        if faults:
            return failed(faults, record.id)
        self._batch.delete(record)
        return Outcome("deleted", record.id)

    def _ids(self, rows: Sequence[Row], key: str) -> list[int | None]:
        """The record that each row is about, as far as the database knows it."""
        if key == "id":
            return [_row_id(row) for row in rows]
        column = self._codec.columns[key]
        read = [self._form.try_changed({key: row.get(key)})[0].get(key) for row in rows]
        keys = [key_of(column, value) for value in read]
        found = holders(self._tx, self._codec, key, keys)
        return [None if each is None else found.get(each) for each in keys]

    def _prepare(self, read: Sequence[Read]) -> None:
        values = [each for each, _ in read]
        self._batch.load_holders(values)
        for field in self._module.references:
            ids = {record_id for each in values if (record_id := each.get(field.name)) is not None}
            self._living[field.name] = self._references.living(self._tx, field, ids) if ids else set()

    def _reference_faults(self, values: Mapping[str, Any]) -> list[Fault]:
        faults = []
        for name, living in self._living.items():
            record_id, field = values.get(name), self._module.field(name)
            if record_id is not None and record_id not in living and field is not None:
                faults.append(self._references.fault(self._tx, self._module, field, record_id))
        return faults

    def _unknown(self, row: Row, key: str) -> Fault:
        shown = str(row.get(key))[:60]
        return Fault(
            key, "record_unknown", f"Module '{self._module.handle}' has no record with {key} '{shown}'."
        )


def check_key(codec: Codec, operation: Operation, key: str) -> None:
    """Refuse a key that cannot name one record: InvalidError `invalid_key`."""
    if operation == "insert" or key == "id":
        return
    column = codec.columns.get(key)
    if column is None or not column.field.unique:
        raise InvalidError(
            "invalid_key",
            f"'{key}' cannot be the key of module '{codec.module.handle}': it is not a unique field.",
            hint="Make the field unique, or name another one.",
        )


def _values(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _ABOUT}


def _row_id(row: Row) -> int | None:
    try:
        return read_id(row.get("id"))
    except BadValueError:
        return None


def _revision_faults(record: Record, row: Row) -> list[Fault]:
    wanted = row.get("revision")
    if wanted is None or wanted == record.revision:
        return []
    detail = f"Record {record.id} is at revision {record.revision}, not {wanted}."
    return [Fault("revision", "revision_mismatch", detail)]
