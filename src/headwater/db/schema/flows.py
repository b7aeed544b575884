"""The tables of flow runs: counters, stored batches, failures, and what outlives a run."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from headwater.db.schema.metadata import metadata, where

flow_run = Table(
    "flow_run",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("flow_id", Text, nullable=False),
    Column("flow_name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("job_id", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("documents", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("records_read", BigInteger, nullable=False),
    Column("records_ok", BigInteger, nullable=False),
    Column("records_ignored", BigInteger, nullable=False),
    Column("records_failed", BigInteger, nullable=False),
    Column("is_read", Boolean, nullable=False),
)
Index("flow_run_of_flow", flow_run.c.flow_id, flow_run.c.id)
Index("flow_run_of_job", flow_run.c.job_id, unique=True)

flow_step = Table(
    "flow_step",
    metadata,
    Column("run_id", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("step_id", Text, nullable=False),
    Column("document_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("success", BigInteger, nullable=False),
    Column("ignored", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("pages", BigInteger, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("is_read", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    PrimaryKeyConstraint("run_id", "position"),
)
Index("flow_step_of_document", flow_step.c.document_id, flow_step.c.run_id)

flow_batch = Table(
    "flow_batch",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("run_id", BigInteger, nullable=False),
    Column("generator", BigInteger, nullable=False),
    Column("first_page", BigInteger, nullable=False),
    Column("classes", LargeBinary, nullable=False),
    Column("pieces", BigInteger, nullable=False),
    Column("retries", Text, nullable=False),
)
Index("flow_batch_of_run", flow_batch.c.run_id)

flow_piece = Table(
    "flow_piece",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("batch_id", BigInteger, nullable=False),
    Column("run_id", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("lane", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
Index("flow_piece_of_run", flow_piece.c.run_id, flow_piece.c.position, flow_piece.c.id)

flow_failure = Table(
    "flow_failure",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("flow_id", Text, nullable=False),
    Column("run_id", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("step_id", Text, nullable=False),
    Column("document_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("stage", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("trace_key", Text, nullable=False),
    Column("record_key", Text, nullable=False),
    Column("data", Text),
    Column("attempts", BigInteger, nullable=False),
    Column("next_retry_at", BigInteger),
    Column("revision", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
    Column("resolved_by", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("assigned_to", Text, nullable=False),
)
_open = where("status = 'open'")
_due = where("next_retry_at is not null")
Index(
    "flow_failure_of_step",
    flow_failure.c.flow_id,
    flow_failure.c.step_id,
    flow_failure.c.status,
    flow_failure.c.id,
)
Index("flow_failure_of_run", flow_failure.c.run_id)
Index(
    "flow_failure_of_key", flow_failure.c.flow_id, flow_failure.c.step_id, flow_failure.c.trace_key, **_open
)
Index("flow_failure_due", flow_failure.c.next_retry_at, **_due)

flow_state = Table(
    "flow_state",
    metadata,
    Column("flow_id", Text, nullable=False),
    Column("step_id", Text, nullable=False),
    Column("last_export_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("flow_id", "step_id"),
)
