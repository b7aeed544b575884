"""The `http` connector: requests to any HTTP API, as a source, a lookup, and a destination."""
