"""Alerts: saved watches on modules, their queues, and the poll jobs that consumers hold."""
