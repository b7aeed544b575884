"""Adapters to other systems: what they can do as data, and small classes that do it."""
