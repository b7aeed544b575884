"""The tables of background work: jobs and their logs."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Table, Text

from headwater.db.schema.metadata import metadata, where

job = Table(
    "job",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("run_at", BigInteger, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("max_attempts", BigInteger, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("timeout_seconds", Float),
    Column("exclusive_key", Text),
    Column("parent_id", BigInteger),
    Column("actor", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("is_cancel_requested", Boolean, nullable=False),
    Column("worker", Text),
    Column("lease_until", BigInteger),
    Column("error", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("place", Text),
)
_queued = where("status = 'queued'")
_running = where("status = 'running'")
_has_parent = where("parent_id is not null")
_is_finished = where("finished_at is not null")
Index("job_ready", job.c.run_at, job.c.id, **_queued)
Index("job_exclusive", job.c.exclusive_key, unique=True, **_running)
Index("job_waiting", job.c.exclusive_key, **_queued)
Index("job_kind", job.c.kind, job.c.id)
Index("job_parent", job.c.parent_id, **_has_parent)
Index("job_finished", job.c.finished_at, **_is_finished)

job_log = Table(
    "job_log",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("job_id", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("level", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("data", Text, nullable=False),
)
Index("job_log_of_job", job_log.c.job_id, job_log.c.id)
