"""Modules, their fields and their records: what users define, keep and ask for."""
