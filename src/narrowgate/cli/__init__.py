"""The command line: each handler parses, calls one function of the gateway or requester, shows."""
