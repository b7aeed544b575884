"""Applications: templates of required documents, what recipients give, and the way to a decision."""
