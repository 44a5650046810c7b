"""Standard forms as their contract says: dates, numbers, names, citations, structured addresses."""
