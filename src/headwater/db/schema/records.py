"""Tables of modules, their fields and the change log; the tables of records are made at run time."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, text

from headwater.db.schema.metadata import metadata

module = Table(
    "module",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("handle", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("label_field", Text),
    Column("options", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    Index(
        "module_handle",
        "handle",
        unique=True,
        sqlite_where=text("deleted_at is null"),
        postgresql_where=text("deleted_at is null"),
    ),
)

field = Table(
    "field",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("module_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("help", Text, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("is_unique", Boolean, nullable=False),
    Column("indexed", Boolean, nullable=False),
    Column("multi", Boolean, nullable=False),
    Column("options", Text, nullable=False),
    Column("default_value", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("is_dead", Boolean, nullable=False),
    Column("extra", Text, nullable=False),
    Index(
        "field_name",
        "module_id",
        "name",
        unique=True,
        sqlite_where=text("not is_dead"),
        postgresql_where=text("not is_dead"),
    ),
)

held_index = Table(
    "held_index", metadata, Column("module_id", BigInteger, primary_key=True, autoincrement=False)
)

# On PostgreSQL the table also has `xid xid8`, the transaction of the writer, which SQLite has no use for.
change = Table(
    "change",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("op", Text, nullable=False),
    Column("module_id", BigInteger, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", BigInteger, nullable=False),
    Column("before", Text),
    Index("change_record", "record_id", "revision", unique=True),
)
