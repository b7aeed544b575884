"""`Database` on PostgreSQL."""

from headwater.db.database import Database
from headwater.kernel.errors import NotBuiltError


def PostgresDatabase(url: str) -> Database:  # noqa: D103
    raise NotBuiltError("not_built", "PostgreSQL comes with the next commit.")
