"""SQL of the integrator's documents and of their references."""

from collections.abc import Collection

from headwater.access.actor import Actor
from headwater.db.database import Row, Tx
from headwater.db.sql import in_texts, lock_clause
from headwater.flows.documents_model import FlowDocument, Kind, is_hex_id
from headwater.jobs.service import actor_document, kept_actor
from headwater.kernel import json

# An integration only names its flows: who saves it decides nothing about what they do.
_SAVERS = """
with recursive used (id) as (
  select id from flow_document where hex_id = ?
  union
  select d.id from flow_reference r
  join used u on u.id = r.document_id
  join flow_document d on d.id = r.target_id and d.kind <> 'integration'
)
select d.saver from flow_document d join used u on u.id = d.id
order by case when d.hex_id = ? then 0 else 1 end, d.id
"""
_SELECT = "select id, hex_id, kind, document, secrets, created_at, modified_at from flow_document where "


def get(tx: Tx, kind: Kind, hex_id: str, *, is_locked: bool = False) -> FlowDocument | None:
    """The document of a kind, or None; locked when it will change."""
    if not is_hex_id(hex_id):
        return None
    lock = lock_clause(tx.dialect) if is_locked else ""
    row = tx.one(_SELECT + "hex_id = ? and kind = ?" + lock, (hex_id, kind))
    return _document(row) if row else None


def list_kind(tx: Tx, kind: Kind, after: str, skip: int, limit: int) -> list[FlowDocument]:
    """Documents of a kind in the order of their ids."""
    rows = tx.all(
        _SELECT + "kind = ? and hex_id > ? order by hex_id limit ? offset ?",
        (kind, after, limit, skip),
    )
    return [_document(row) for row in rows]


def insert(tx: Tx, document: FlowDocument, saver: Actor) -> None:
    """Add a document."""
    tx.run(
        "insert into flow_document (id, hex_id, kind, name, document, secrets, created_at, modified_at,"
        " created_by, modified_by, saver) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(document.id, document.hex_id, document.kind, document.name, json.dumps(document.body)),
            *(document.sealed, document.created_at, document.modified_at, saver.id, saver.id),
            json.dumps(actor_document(saver)),
        ),
    )


def update(tx: Tx, document: FlowDocument, saver: Actor) -> None:
    """Put a document in the place of the stored one."""
    tx.run(
        "update flow_document set name = ?, document = ?, secrets = ?, modified_at = ?, modified_by = ?,"
        " saver = ? where id = ?",
        (
            *(document.name, json.dumps(document.body), document.sealed),
            *(document.modified_at, saver.id, json.dumps(actor_document(saver)), document.id),
        ),
    )


def savers(tx: Tx, flow_id: str) -> list[Actor]:
    """Who saved the flow last, then who saved what it uses, directly or through other documents."""
    return [kept_actor(json.loads(row[0])) for row in tx.all(_SAVERS, (flow_id, flow_id))]


def delete(tx: Tx, document_id: int) -> None:
    """Remove a document and what it refers to."""
    tx.run("delete from flow_reference where document_id = ?", (document_id,))
    tx.run("delete from flow_document where id = ?", (document_id,))


def find_ids(tx: Tx, hex_ids: Collection[str]) -> dict[tuple[str, str], int]:
    """`(kind, hex id) -> id` of those that are there, locked so that none is deleted before this commits."""
    # Only pieces of our own SQL are put together.
    sql = f"select id, kind, hex_id from flow_document where hex_id {in_texts(tx.dialect)} order by id"  # noqa: S608 - names of our own, values are bound
    rows = tx.all(sql + lock_clause(tx.dialect), (json.dumps(sorted(filter(is_hex_id, hex_ids))),))
    return {(kind, hex_id): document_id for document_id, kind, hex_id in rows}


def set_references(tx: Tx, document_id: int, targets: Collection[int]) -> None:
    """Say what a document refers to."""
    tx.run("delete from flow_reference where document_id = ?", (document_id,))
    tx.run_many(
        "insert into flow_reference (document_id, target_id) values (?, ?)",
        [(document_id, target) for target in sorted(targets)],
    )


def users(tx: Tx, document_id: int) -> list[tuple[Kind, str, str]]:
    """`(kind, hex id, name)` of the documents that refer to this one."""
    return [
        (kind, hex_id, name)
        for kind, hex_id, name in tx.all(
            "select kind, hex_id, name from flow_document d join flow_reference r on r.document_id = d.id"
            " where r.target_id = ? and d.id <> ? order by kind, hex_id",
            (document_id, document_id),
        )
    ]


def _document(row: Row) -> FlowDocument:
    document_id, hex_id, kind, body, sealed, created_at, modified_at = row
    return FlowDocument(document_id, hex_id, kind, json.loads(body), sealed, created_at, modified_at)
