"""The one SQLAlchemy MetaData that every system table hangs on; used to describe the schema, never to query it."""

from sqlalchemy import MetaData

metadata = MetaData()
