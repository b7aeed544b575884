"""The demo: real data through the whole product, from file and application to another system."""
