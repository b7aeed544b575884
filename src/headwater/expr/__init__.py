"""Filters, rules, mappings and templates: parsed once, compiled to Python functions and to SQL; pure."""
