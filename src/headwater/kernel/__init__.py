"""What every layer may use: errors, ids, the clock, JSON, settings and events."""
