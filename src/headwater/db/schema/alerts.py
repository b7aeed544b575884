"""The tables of alerts: what is watched, what waits in queues, and what consumers hold."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from headwater.db.schema.metadata import metadata

alert = Table(
    "alert",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("module_id", BigInteger, nullable=False),
    Column("trigger_kind", Text, nullable=False),
    Column("state_field", Text),
    Column("states", Text, nullable=False),
    Column("watched_field", Text),
    Column("filter", Text, nullable=False),
    Column("extra_fields", Text, nullable=False),
    Column("field_ids", Text, nullable=False),
    Column("queue_uuid", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("include_deletes", Boolean, nullable=False),
    Column("include_existing", Boolean, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("last_queued_at", BigInteger),
    Column("last_finished_at", BigInteger),
    Index("alert_queue", "queue_uuid", unique=True),
)

queue_entry = Table(
    "queue_entry",
    metadata,
    Column("alert_id", BigInteger, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("operation", Text, nullable=False),
    Column("available_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("alert_id", "record_id"),
    Index("queue_entry_order", "alert_id", "position"),
    sqlite_with_rowid=False,
)

poll_job = Table(
    "poll_job",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alert_id", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("record_count", BigInteger, nullable=False),
    Column("last_queued_at", BigInteger, nullable=False),
    Column("snapshot", LargeBinary),
    Index(
        "poll_job_open",
        "alert_id",
        unique=True,
        sqlite_where=text("finished_at is null"),
        postgresql_where=text("finished_at is null"),
    ),
    Index("poll_job_finished", "alert_id", "finished_at"),
)

alert_burnt = Table(
    "alert_burnt",
    metadata,
    Column("alert_id", BigInteger, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("alert_id", "record_id"),
    sqlite_with_rowid=False,
)

alert_match = Table(
    "alert_match",
    metadata,
    Column("alert_id", BigInteger, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("alert_id", "record_id"),
    sqlite_with_rowid=False,
)
