"""Checks a narrowgate log, and proofs from it, without any of the gate's code.

Written from the published formats alone (RFC 6962, C2SP signed-note, tlog-checkpoint, tlog-tiles
and tlog-proof): whoever does not trust the gate can read these few pages instead.
"""
