"""Tables of the integrator's documents and of the references between them."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from headwater.db.schema.metadata import metadata

flow_document = Table(
    "flow_document",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("hex_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("secrets", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("modified_at", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("modified_by", BigInteger, nullable=False),
    Column("saver", Text, nullable=False),
    Index("flow_document_hex", "hex_id", unique=True),
    Index("flow_document_kind", "kind", "hex_id"),
)

flow_reference = Table(
    "flow_reference",
    metadata,
    Column("document_id", BigInteger, primary_key=True, autoincrement=False),
    Column("target_id", BigInteger, primary_key=True, autoincrement=False),
    Index("flow_reference_target", "target_id"),
)
