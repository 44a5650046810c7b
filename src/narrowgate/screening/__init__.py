"""Screening: the rules applied to a request and to each record, without touching the register."""
