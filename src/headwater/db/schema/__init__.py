"""The schema that the migrations must give: every module of this package hangs its tables on `metadata`."""

import importlib
import pkgutil

from sqlalchemy import MetaData

from headwater.db.schema.metadata import metadata


def collect() -> MetaData:
    """The metadata with the tables of every slice."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return metadata
