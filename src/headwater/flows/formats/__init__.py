"""Document forms of flows: each compiles to the one Plan."""
