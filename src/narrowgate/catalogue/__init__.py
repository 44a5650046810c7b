"""The typed catalogue of rules: one file per family of reason codes, one class per code."""
