"""The one SQLAlchemy MetaData of every system table; it describes the schema and never queries it."""

from sqlalchemy import MetaData

metadata = MetaData()
