"""HTTP: routes as data, one call after another from bytes to handler and back."""
