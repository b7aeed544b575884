"""People, their sessions and links, and tokens of every kind."""
