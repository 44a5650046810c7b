"""Keys: JWK, JWS, sealed streams, and where a key is kept."""
