"""The Fluxx dialect (wire/fluxx.md): tokens and the queues of API Alerts."""
