"""The field kinds: one file for each."""

from headwater.records.fields.kinds import KINDS, NOT_BUILT

__all__ = ["KINDS", "NOT_BUILT"]
