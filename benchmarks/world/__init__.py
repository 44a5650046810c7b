"""A register of made-up people with a realistic skew, and requests about them."""
