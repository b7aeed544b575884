"""The field kinds: one file for each."""

from headwater.records.fields.kinds import KINDS

__all__ = ["KINDS"]
