"""Standard forms: names, dates, numbers and US addresses, put the same way on both sides."""
