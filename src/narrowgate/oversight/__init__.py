"""Reads everything, writes nothing but its own page."""
