"""Flows: sources to destinations, planned before they run, resumed where they stopped."""
