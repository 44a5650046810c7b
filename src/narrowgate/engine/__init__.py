"""DuckDB bounded and scrubbed, the one reader of foreign files, and table contracts."""
