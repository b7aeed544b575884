"""The dialects: other products' public APIs, each a mountable application that only translates."""
