"""Importing files of CSV and JSON lines into a module: streaming, validated, resumable, each row once."""
