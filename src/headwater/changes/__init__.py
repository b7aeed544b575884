"""The change log: every committed change of a record, once, in order."""
