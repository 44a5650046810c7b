"""Agreements: the literate document, the terms bound from it, and what of it is covered."""
