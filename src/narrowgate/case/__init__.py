"""Cases: states and their one transition table, sealed evidence, and the requester's history."""
