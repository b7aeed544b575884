"""Tables of the database layer itself."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Sequence, Table, Text

from headwater.db.schema.metadata import metadata

BIG = BigInteger().with_variant(Integer(), "sqlite")

migration = Table(
    "migration",
    metadata,
    Column("number", BIG, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("checksum", Text, nullable=False),
    Column("applied_at", BIG, nullable=False),
)

catalogue = Table(
    "catalogue",
    metadata,
    Column("only_row", BIG, CheckConstraint("only_row = 1"), primary_key=True, autoincrement=False),
    Column("version", BIG, nullable=False),
)

# On PostgreSQL ids come from a SEQUENCE, which SQLite does not have.
id_sequence = Table(
    "id_sequence",
    metadata,
    Column("only_row", BIG, CheckConstraint("only_row = 1"), primary_key=True, autoincrement=False),
    Column("next_id", BIG, nullable=False),
    info={"only": "sqlite"},
)
id_sequence_postgres = Sequence("id_sequence", metadata=metadata, data_type=BigInteger)
