"""The large database: PostgreSQL through psycopg 3 and a pool of connections."""

from headwater.db.postgres.database import PostgresDatabase

__all__ = ["PostgresDatabase"]
