"""The field kinds: one file for each, one line here."""

from headwater.records.fields.bool import Bool
from headwater.records.fields.datetime import DateTime
from headwater.records.fields.kind import Kind
from headwater.records.fields.number import Number
from headwater.records.fields.record import Record
from headwater.records.fields.select import Select
from headwater.records.fields.state import State
from headwater.records.fields.string import String
from headwater.records.fields.text import Text

KINDS: dict[str, Kind] = {
    "String": String(),
    "Text": Text(),
    "Number": Number(),
    "Bool": Bool(),
    "DateTime": DateTime(),
    "Select": Select(),
    "Record": Record(),
    "State": State(),
}
NOT_BUILT = frozenset({"Date", "Email", "Url", "User", "File"})
"""Kinds that native.md names and this version does not have yet."""
