"""The `file` connector: CSV, JSON lines and JSON files in a local folder."""
