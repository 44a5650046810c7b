"""Matching for confirmation: is it this person, and is this person at this address."""
