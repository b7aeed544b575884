"""Tables of stored files, templates and applications."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from headwater.db.schema.metadata import metadata

file = Table(
    "file",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
)

application_template = Table(
    "application_template",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("is_live", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
)

application_template_version = Table(
    "application_template_version",
    metadata,
    Column("template_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
)

contact = Table(
    "contact",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("email", Text, nullable=False),
    Column("email_k", Text, nullable=False, unique=True),
    Column("firstname", Text, nullable=False),
    Column("lastname", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

application = Table(
    "application",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("template_id", BigInteger, nullable=False),
    Column("template_version", BigInteger, nullable=False),
    Column("contact_id", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("custom", Text, nullable=False),
    Column("auto_emails", Boolean, nullable=False),
    Column("due_at", BigInteger),
    Column("reason", Text, nullable=False),
    Column("record_id", BigInteger),
    Column("mirror_id", BigInteger),
    Column("state_before", Text, nullable=False),
    Column("state_dates", Text, nullable=False),
    Column("link_hash", Text, nullable=False, unique=True),
    Column("link_sealed", Text, nullable=False),
    Column("link_created_at", BigInteger, nullable=False),
    Column("link_expires_at", BigInteger),
    Column("link_revoked_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
)

application_item = Table(
    "application_item",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("application_id", BigInteger, nullable=False),
    Column("template_item_id", BigInteger),
    Column("step_title", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("mandatory", Boolean, nullable=False),
    Column("definition", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("given", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("last_rejection", Text),
    Column("updated_at", BigInteger, nullable=False),
)

application_upload = Table(
    "application_upload",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("application_id", BigInteger, nullable=False),
    Column("item_id", BigInteger, nullable=False),
    Column("file_id", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("uploaded_by", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

application_move = Table(
    "application_move",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("application_id", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("state_from", Text, nullable=False),
    Column("state_to", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

application_module = Table(
    "application_module",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("module_id", BigInteger, nullable=False),
)

Index("application_by_template", application.c.template_id)
Index("application_by_status", application.c.status)
Index("application_item_by_application", application_item.c.application_id)
Index("application_upload_by_item", application_upload.c.item_id)
Index("application_move_by_application", application_move.c.application_id)
