"""narrowgate: the gate in front of a confidential register. Confirm only, refuse by default."""

__version__ = "0.1.0"
