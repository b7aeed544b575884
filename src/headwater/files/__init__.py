"""Stored documents: uploads and files to download."""
