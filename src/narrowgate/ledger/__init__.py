"""The log: a Merkle tree in the formats of transparency logs (RFC 6962, C2SP tlog-tiles)."""
