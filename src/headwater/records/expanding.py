"""Expanding references one level: the records that a page of documents refers to, in one query a field."""

from collections.abc import Sequence
from typing import Any

from headwater.db.database import Tx
from headwater.db.sql import in_ids
from headwater.kernel.errors import Fault, InvalidError
from headwater.kernel.json import dumps
from headwater.records.codec import Codec
from headwater.records.model import Field, Module


def fields_to_expand(module: Module, names: Sequence[str]) -> list[Field]:
    """The references of these names. InvalidError `invalid_expand` tells every name that is none."""
    faults, fields = [], []
    for name in names:
        field = module.field(name)
        if field is None or field.kind != "Record":
            detail = f"Module '{module.handle}' has no reference '{name[:80]}'."
            faults.append(Fault("expand", "unknown_field", detail))
        else:
            fields.append(field)
    if faults:
        raise InvalidError("invalid_expand", faults[0].detail, faults=faults)
    return fields


def expand(tx: Tx, codec: Codec, field: Field, documents: Sequence[dict[str, Any]]) -> None:
    """Put the referred record's document under `expanded` of each; a deleted one shows `deleted_at`."""
    ids = {record_id for each in documents if (record_id := each["values"].get(field.name)) is not None}
    if not ids:
        return
    sql = f"{codec.select_sql} where t.id {in_ids(tx.dialect)}"
    found = {row[0]: codec.document(row) for row in tx.all(sql, (dumps(sorted(ids)),))}
    for document in documents:
        target = found.get(document["values"].get(field.name))
        if target is not None:
            document.setdefault("expanded", {})[field.name] = target
