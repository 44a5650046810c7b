"""Reads everything, writes nothing: replay and report."""
