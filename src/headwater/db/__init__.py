"""The database: read, write and scan on SQLite or PostgreSQL, migrations and schema."""
