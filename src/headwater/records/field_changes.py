"""What adding, changing or removing a field does to the table, the indexes and the values that are there."""

from dataclasses import replace

from headwater.db.database import Tx
from headwater.db.errors import DuplicateError
from headwater.kernel.errors import ConflictError
from headwater.records import conversion, module_store, tables
from headwater.records.model import Field, Module
from headwater.records.references import References


class FieldChanges:
    """Carries a change of one field out in storage, inside the transaction that decides on it."""

    def __init__(self, references: References) -> None:
        """`references` says which records a field may point to."""
        self._references = references

    def add(self, tx: Tx, module: Module, field: Field) -> None:
        """Store a new field and make its columns and index."""
        module_store.insert_field(tx, module.id, field)
        tables.add_columns(tx, module, field)
        tables.create_sparse_index(tx, module, field)

    def change(self, tx: Tx, module: Module, old: Field, field: Field) -> None:
        """Store a changed field and take its values along. ConflictError when values cannot follow."""
        if conversion.is_checked(old, field):
            conversion.refuse_misfits(tx, module, old, field)
        if field.kind == "Record" and field.options != old.options:
            conversion.refuse_lost_references(
                tx, module, old, lambda ids: self._references.living(tx, field, ids)
            )
        module_store.update_field(tx, field)
        is_moved = conversion.is_stored_otherwise(old, field)
        if is_moved:
            tables.drop_view(tx, module)  # which PostgreSQL would not let go of the columns
            conversion.move_values(tx, module, old, field)
        if is_moved or _index_of(old) != _index_of(field):
            _make_index_again(tx, module, old, field)

    def remove(self, tx: Tx, module: Module, field: Field) -> None:
        """Mark a field dead. Its columns stay until maintenance; its index goes at once."""
        module_store.update_field(tx, replace(field, is_dead=True))
        tables.drop_indexes(tx, module, [field])


def _index_of(field: Field) -> tuple[bool, bool]:
    return tables.has_index(field), field.unique


def _make_index_again(tx: Tx, module: Module, old: Field, field: Field) -> None:
    tables.drop_indexes(tx, module, [old])
    try:
        tables.create_indexes(tx, module, [field])
    except DuplicateError as error:
        raise ConflictError(
            "not_unique",
            f"Field '{field.name}' of module '{module.handle}' cannot be unique: values are there twice.",
            hint="Change these values first.",
        ) from error
