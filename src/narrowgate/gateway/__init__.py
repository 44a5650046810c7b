"""The custodian's side: for each step, load, one pure call, commit."""
