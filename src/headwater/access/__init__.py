"""Who acts, and what the actor may do. Pure rules; nothing here reads a database."""
