"""Who may do what: roles, and the directory from key to person to roles on a date."""
