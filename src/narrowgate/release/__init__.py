"""Answers, their commitments and the signed manifest, made from the docket alone."""
