"""The matching decision, pair by pair: every record against every person, without any index."""
