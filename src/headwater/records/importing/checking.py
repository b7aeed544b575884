"""What only the database can check in a batch: references, and then what is required."""

from typing import Any

from headwater.db.database import Tx
from headwater.kernel.errors import Fault, InvalidError
from headwater.records.catalogue import Catalogue
from headwater.records.codec import Codec
from headwater.records.column import Column
from headwater.records.compiled import CompiledModules
from headwater.records.errors import BadValueError
from headwater.records.fields.kind import Convert
from headwater.records.form import reader_of
from headwater.records.importing.model import ImportOptions
from headwater.records.importing.work import Work
from headwater.records.lookup import holders, key_of
from headwater.records.model import Field, Module
from headwater.records.references import References


class Checker:
    """Turns what references name into ids, and rejects rows that no record may be."""

    def __init__(self, catalogue: Catalogue, compiled: CompiledModules, references: References) -> None:
        """Take what knows modules, their codecs and what may be referred to."""
        self._catalogue = catalogue
        self._compiled = compiled
        self._references = references

    def check(self, tx: Tx, module: Module, options: ImportOptions, work: Work) -> None:
        """Fill the columns of references, then reject rows with unknown references or empty required
        fields.
        """
        for name, cells in work.batch.looked_up.items():
            self._look_up(tx, module, name, options.references[name], cells, work)
        for field in module.fields:
            if field.kind == "Record" and field.name in work.batch.columns:
                self._check_references(tx, module, field, work)
        self._require(tx, module, work)

    def complete(self, tx: Tx, module: Module, work: Work, fresh: list[int]) -> list[int]:
        """Give new rows the defaults of what their lines do not name; those that are still whole."""
        form, codec = self._compiled.of(module, tx.dialect)
        for name, absent in work.batch.absent.items():
            field, store = codec.columns[name].field, codec.columns[name].store
            default = form.defaults.get(name)
            values = work.columns[name] = list(work.columns[name])
            for index in absent.intersection(fresh):
                if default is not None:
                    values[index] = default if store is None else store(default)
                elif field.required:
                    _refuse_empty(work, field, index)
        return [index for index in fresh if work.is_good(index)]

    def _look_up(self, tx: Tx, module: Module, name: str, by: str, cells: list[Any], work: Work) -> None:
        codec = self._target(tx, module, name)
        column = codec.columns.get(by)
        if column is None:
            raise _unknown_field(codec, name, by)
        read = reader_of(column.field)
        keys = [_key(cell, read, column) for cell in cells]
        found = holders(tx, codec, by, keys)
        ids = work.columns[name] = [None if key is None else found.get(key) for key in keys]
        for index, (cell, record_id) in enumerate(zip(cells, ids, strict=True)):
            if record_id is None and cell not in (None, ""):
                detail = f"Module '{codec.module.handle}' has no record whose '{by}' is '{str(cell)[:60]}'."
                work.add_fault(index, name, "unknown_reference", detail)

    def _target(self, tx: Tx, module: Module, name: str) -> Codec:
        field = module.field(name)
        target = self._catalogue.get(tx, field.options["module"] if field else 0)
        return self._compiled.of(target, tx.dialect).codec

    def _check_references(self, tx: Tx, module: Module, field: Field, work: Work) -> None:
        values = work.columns[field.name]
        wanted = {value for value in values if value is not None}
        missing = wanted - self._references.living(tx, field, wanted) if wanted else set()
        for index, value in enumerate(values if missing else ()):
            if value in missing:
                fault = self._references.fault(tx, module, field, value)
                work.add_fault(index, field.name, fault.code, fault.detail)

    def _require(self, tx: Tx, module: Module, work: Work) -> None:
        form, codec = self._compiled.of(module, tx.dialect)
        for field in module.fields:
            values, default = work.columns.get(field.name), form.defaults.get(field.name)
            if values is None:
                store = codec.columns[field.name].store
                work.constants[field.name] = default if default is None or store is None else store(default)
            elif field.required and None in values:
                absent = work.batch.absent.get(field.name, ())
                for index, value in enumerate(values):
                    if value is None and index not in absent:
                        _refuse_empty(work, field, index)


def _refuse_empty(work: Work, field: Field, index: int) -> None:
    work.add_fault(index, field.name, "required", f"Field '{field.name}' is required.")


def _key(cell: Any, read: Convert, column: Column) -> Any:
    if cell in (None, ""):
        return None
    try:
        return key_of(column, read(cell))
    except BadValueError:
        return None


def _unknown_field(codec: Codec, name: str, by: str) -> InvalidError:
    fault = Fault(
        f"references.{name}", "unknown_field", f"Module '{codec.module.handle}' has no field '{by}'."
    )
    return InvalidError("columns_do_not_fit", fault.detail, faults=[fault])
