"""Tables of imports of files."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from headwater.db.schema.metadata import metadata

record_import = Table(
    "record_import",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("module_id", BigInteger, nullable=False),
    Column("job_id", BigInteger),
    Column("status", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("spool", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("bytes_total", BigInteger, nullable=False),
    Column("bytes_done", BigInteger, nullable=False),
    Column("rows_done", BigInteger, nullable=False),
    Column("counts", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
)
import_reject = Table(
    "import_reject",
    metadata,
    Column("import_id", BigInteger, primary_key=True, autoincrement=False),
    Column("row_number", BigInteger, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("faults", Text, nullable=False),
)
Index("record_import_by_module", record_import.c.module_id)
